package io.eric.cluster.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.history.Violation.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker accepts what is promised, and notices each way in which a promise can be broken. */
class CheckerTest {

  private final History history = new History();
  private Reading stream = history.opened("c", "r", 1, null, 0);

  @BeforeEach
  void aListener() {
    history.listener("c", "r");
  }

  private static Sent message(int number) {
    return new Sent("c", "p", number, null);
  }

  private void acknowledged(int number, String position, long at) {
    history.sent(message(number));
    history.acknowledged(message(number), position, at, 1);
  }

  private void received(int number, String id, long at) {
    stream.event(id, "m", message(number).payload(), at);
  }

  private void reconnect(@Nullable String after, long at) {
    stream.ended(Reading.End.BROKEN, at);
    stream = history.opened("c", "r", 2, after, at);
  }

  private void expect(Kind... kinds) {
    assertThat(Checker.check(history).violations())
        .extracting(Violation::kind)
        .containsExactly(kinds);
  }

  @Test
  void whatIsPromisedIsNoViolation() {
    acknowledged(1, "e-1", 10);
    received(1, "e-1", 11);
    stream.event(null, "_eric_goodbye", "null", 12);
    reconnect("e-1", 20);
    history.repeated();
    acknowledged(2, "e-2", 30);
    acknowledged(2, "e-2", 31);
    received(2, "e-2", 32);
    Sent other = new Sent("c", "p", 3, "else");
    history.sent(other);
    history.acknowledged(other, "e-3", 40, 700);
    history.listener("c", "else");
    Reading its = history.opened("c", "else", 3, null, 0);
    its.event("e-1", "m", message(1).payload(), 41);
    its.event("e-2", "m", message(2).payload(), 42);
    its.event("e-3", "m", other.payload(), 43);

    Verdict verdict = Checker.check(history);

    assertThat(verdict.violations()).isEmpty();
    assertThat(history.missing()).isEmpty();
    assertThat(verdict.line())
        .isEqualTo(
            "acknowledged 3, delivered 5, reconnects 1, repeats 1, longest 700 ms, violations {}");
  }

  @Test
  void anAcknowledgedMessageIsMissing() {
    acknowledged(1, "e-1", 10);

    expect(Kind.MISSING);
    assertThat(history.missing()).containsExactly("c/p/1 at r");
  }

  @Test
  void aDispatchIsMissing() {
    Sent dispatch = new Sent("c", "p", 1, "r");
    history.sent(dispatch);
    history.acknowledged(dispatch, "e-1", 10, 1);

    expect(Kind.MISSING);
  }

  @Test
  void aMessageThatWasNotAcknowledgedMayBeMissing() {
    history.sent(message(1));

    expect();
  }

  @Test
  void aRepeatIsAcknowledgedUnderAnotherId() {
    acknowledged(1, "e-1", 10);
    acknowledged(1, "e-2", 11);
    received(1, "e-1", 12);

    expect(Kind.TWO_IDS);
  }

  @Test
  void aMessageIsDeliveredUnderAnotherIdThanItWasAcknowledged() {
    acknowledged(1, "e-1", 10);
    received(1, "e-2", 12);

    expect(Kind.TWO_IDS);
  }

  @Test
  void aRepeatIsDeliveredUnderASecondId() {
    acknowledged(1, "e-1", 10);
    received(1, "e-1", 12);
    received(1, "e-2", 13);

    expect(Kind.TWO_IDS, Kind.DELIVERED_TWICE);
  }

  @Test
  void aPositionIsAcknowledgedTwice() {
    acknowledged(1, "e-1", 10);
    acknowledged(2, "e-1", 11);
    received(1, "e-1", 12);

    assertThat(Checker.check(history).counts()).containsKeys(Kind.TWO_MESSAGES, Kind.MISSING);
  }

  @Test
  void aPositionIsDeliveredWithAnotherMessage() {
    acknowledged(1, "e-1", 10);
    history.sent(message(2));
    received(2, "e-1", 12);

    assertThat(Checker.check(history).counts()).containsKeys(Kind.TWO_MESSAGES, Kind.MISSING);
  }

  @Test
  void aMessageIsDeliveredTwiceOnOneStream() {
    acknowledged(1, "e-1", 10);
    received(1, "e-1", 11);
    received(1, "e-1", 12);

    expect(Kind.DELIVERED_TWICE);
  }

  @Test
  void aMessageIsDeliveredAgainAfterAReconnect() {
    acknowledged(1, "e-1", 10);
    received(1, "e-1", 11);
    reconnect("e-1", 12);
    received(1, "e-1", 13);

    expect(Kind.DELIVERED_TWICE);
  }

  @Test
  void aListenerGetsMessagesInAnotherOrder() {
    acknowledged(1, "e-1", 10);
    acknowledged(2, "e-2", 10);
    received(2, "e-2", 11);
    received(1, "e-1", 12);

    expect(Kind.ORDER);
  }

  @Test
  void anotherEpochDoesNotFollow() {
    acknowledged(1, "e-1", 10);
    acknowledged(2, "f-2", 10);
    received(1, "e-1", 11);
    received(2, "f-2", 12);

    expect(Kind.ORDER, Kind.PUBLISHER_ORDER);
  }

  @Test
  void aPublishersMessagesAreReordered() {
    acknowledged(1, "e-2", 10);
    acknowledged(2, "e-1", 11);
    received(2, "e-1", 12);
    received(1, "e-2", 13);

    expect(Kind.PUBLISHER_ORDER);
  }

  @Test
  void aGapIsTold() {
    stream.event("e-7", "_eric_gap", "{}", 10);

    expect(Kind.GAP);
  }

  @Test
  void whatNobodySentIsDelivered() {
    received(1, "e-1", 10);

    expect(Kind.STRANGE);
  }

  @Test
  void aDispatchComesToAnotherListener() {
    Sent dispatch = new Sent("c", "p", 1, "else");
    history.sent(dispatch);
    stream.event("e-1", "m", dispatch.payload(), 10);

    expect(Kind.STRANGE);
  }

  @Test
  void aStreamIsTakenOverThoughNobodyElseWantsTheListener() {
    stream.event(null, "_eric_taken_over", "null", 10);

    expect(Kind.STRANGE);
  }

  @Test
  void aStreamSaysNothing() {
    stream.heartbeat(1_000);
    stream.ended(Reading.End.SILENT, 16_000);

    expect(Kind.SILENT);
  }

  @Test
  void aStreamOfANodeThatHasAFaultMaySayNothing() {
    stream.heartbeat(1_000);
    stream.ended(Reading.End.SILENT, 16_000);
    history.fault(Set.of(2), 900, 9_000);
    expect(Kind.SILENT);

    history.fault(Set.of(1), 1_500, 9_000);
    expect();
  }

  @Test
  void aStreamHasHeartbeatsAndLacksAMessage() {
    acknowledged(1, "e-1", 1_000);
    stream.heartbeat(1_000 + Checker.COVERED_MS + 1);
    stream.heartbeat(1_000 + Checker.COVERED_MS + Checker.BEING_READ_MS + 2);
    received(1, "e-1", 1_000 + Checker.COVERED_MS + Checker.BEING_READ_MS + 3);

    expect(Kind.SILENT);
  }

  @Test
  void aHeartbeatDoesNotSpeakForWhatWasAcknowledgedJustBefore() {
    acknowledged(1, "e-1", 1_000);
    stream.heartbeat(1_000 + Checker.COVERED_MS - 1);
    received(1, "e-1", 60_000);

    expect();
  }

  @Test
  void aChannelThatExistsIsNotFound() {
    history.refused(404, "r of c at node 1", 10);

    expect(Kind.NOT_FOUND);
  }

  @Test
  void aPublishIsRefusedForGood() {
    history.refused(500, "c/p/1 at node 1", 10);

    expect(Kind.REFUSED);
  }

  @Test
  void aPublisherIsStuck() {
    history.stuck("p of c", 10);

    expect(Kind.STUCK);
  }
}
