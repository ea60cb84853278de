package io.eric.cluster.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.route.WaitingCommands.Refusal;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What waits: its order, its bounds, and repeats. */
class WaitingCommandsTest {

  private final WaitingBudget budget = new WaitingBudget(10_000);
  private final WaitingCommands waiting = new WaitingCommands(budget);

  @Test
  void theyStayInOrderAndGiveBackWhatTheyTook() {
    PendingCommand first = add(FakeCaller.LIST);
    PendingCommand second = add(FakeCaller.batch("k"));
    assertThat(waiting.all()).containsExactly(first, second);
    assertThat(budget.callers()).isEqualTo(2);
    assertThat(budget.used()).isEqualTo(first.bytes() + second.bytes());

    waiting.remove(first);
    waiting.remove(first);
    assertThat(waiting.all()).containsExactly(second);
    assertThat(budget.used()).isEqualTo(second.bytes());
    waiting.remove(second);
    assertThat(waiting.isEmpty()).isTrue();
    assertThat(budget.used()).isZero();
    assertThat(budget.callers()).isZero();
  }

  @Test
  void aBatchIsFoundByItsKeyIfItIsTheSame() {
    PendingCommand former = add(FakeCaller.batch("k"));
    add(FakeCaller.batch(null));
    assertThat(waiting.findFormer(FakeCaller.batch("k"))).isSameAs(former);
    assertThat(waiting.findFormer(FakeCaller.batch("other"))).isNull();
    assertThat(waiting.findFormer(FakeCaller.batch(null))).isNull();
    assertThat(waiting.findFormer(FakeCaller.LIST)).isNull();
    waiting.remove(former);
    assertThat(waiting.findFormer(FakeCaller.batch("k"))).isNull();
  }

  @Test
  void aRepeatCountsAsACallerAndMayBeMorePatient() {
    PendingCommand former = waiting.add(FakeCaller.batch("k"), new FakeCaller(), 1_000, 5);
    FakeCaller repeat = new FakeCaller();
    waiting.join(former, repeat, 9);
    assertThat(former.deadline()).isEqualTo(9);
    waiting.join(former, new FakeCaller(), 7);
    assertThat(former.deadline()).isEqualTo(9);
    assertThat(budget.callers()).isEqualTo(3);
    assertThat(budget.used()).isEqualTo(1_000 + 2 * WaitingCommands.CALLER_BYTES);
    former.reply("a");
    assertThat(repeat.answer).isEqualTo("a");
    waiting.remove(former);
    assertThat(budget.used()).isZero();
    assertThat(budget.callers()).isZero();
  }

  @Test
  void bytesAreBoundedForAllChannelsTogether() {
    WaitingCommands other = new WaitingCommands(budget);
    assertThat(waiting.refusal(10_000)).isNull();
    assertThat(waiting.refusal(10_001)).isEqualTo(Refusal.NODE_FULL);
    PendingCommand large = other.add(FakeCaller.LIST, new FakeCaller(), 9_000, 0);
    assertThat(waiting.refusal(1_001)).isEqualTo(Refusal.NODE_FULL);
    assertThat(waiting.exception(Refusal.NODE_FULL))
        .hasMessageContaining("9000")
        .hasMessageContaining("10000");
    other.remove(large);
    assertThat(waiting.refusal(1_001)).isNull();
  }

  @Test
  void theNumberIsBoundedForAChannel() {
    WaitingCommands many = new WaitingCommands(new WaitingBudget(Long.MAX_VALUE));
    PendingCommand former = many.add(FakeCaller.batch("k"), new FakeCaller(), 1, 0);
    for (int i = 1; i < WaitingCommands.MAX_CALLERS; i++) {
      assertThat(many.refusal(1)).isNull();
      many.join(former, new FakeCaller(), 0);
    }
    assertThat(many.refusal(1)).isEqualTo(Refusal.CHANNEL_FULL);
    assertThat(many.exception(Refusal.CHANNEL_FULL)).hasMessageContaining("65536");
  }

  @Test
  void whatIsKeptIsMeasured() {
    String junk = "x".repeat(5_000);
    assertThat(WaitingCommands.sizeOf(new JsonObject().put("v", "ls").put("junk", junk)))
        .isGreaterThan(5_000);
    assertThat(WaitingCommands.sizeOf(FakeCaller.batch("k")))
        .isEqualTo(WaitingCommands.CALLER_BYTES + FakeCaller.batch("k").messages().get(0).size());
    assertThat(WaitingCommands.sizeOf(FakeCaller.FETCH))
        .isGreaterThan(WaitingCommands.CALLER_BYTES);
  }

  @Test
  void onlyTheLatestAttemptIsAwaited() {
    PendingCommand command = add(FakeCaller.LIST);
    assertThat(command.isSent()).isFalse();
    int first = command.send(10);
    assertThat(command.awaits(first)).isTrue();
    assertThat(command.isSentSince(15, 5)).isFalse();
    assertThat(command.isSentSince(16, 5)).isTrue();
    command.holdBack();
    assertThat(command.awaits(first)).isFalse();
    assertThat(command.isSentSince(16, 5)).isFalse();
    int second = command.send(20);
    assertThat(command.awaits(first)).isFalse();
    assertThat(command.awaits(second)).isTrue();
  }

  private PendingCommand add(Object body) {
    return waiting.add(body, new FakeCaller(), WaitingCommands.sizeOf(body), 0);
  }
}
