package io.eric.cluster.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.route.Forwarding.Answered;
import io.eric.cluster.route.Forwarding.Broken;
import io.eric.cluster.route.Forwarding.NotDone;
import io.eric.cluster.route.Forwarding.Refused;
import io.eric.cluster.route.Forwarding.Result;
import io.eric.cluster.route.Forwarding.Silent;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the result of one attempt means. */
class ForwardingTest {

  private final FakeLinks links = new FakeLinks();
  private final Forwarding forwarding = new Forwarding(links, "eric.channel.x");

  @Test
  void anAnswerIsPassedOn() {
    Future<Result> result = forwarding.ask("you", FakeCaller.LIST, 7);
    assertThat(links.last().timeoutMs()).isEqualTo(7);
    links.answerAll("done");
    assertThat(result.result()).isEqualTo(new Answered("done"));
  }

  @ParameterizedTest
  @MethodSource
  void failures(Throwable failure, Result expected) {
    Future<Result> result = forwarding.ask("you", FakeCaller.LIST, 7);
    links.failAll(failure);
    assertThat(result.result()).isEqualTo(expected);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(FakeLinks.NOT_DONE, new NotDone()),
        Arguments.of(new ReplyException(ReplyFailure.NO_HANDLERS, "none"), new NotDone()),
        Arguments.of(
            new ReplyException(ReplyFailure.TIMEOUT, "Discarded the request. address: x"),
            new NotDone()),
        Arguments.of(FakeLinks.SILENT, new Silent()),
        Arguments.of(FakeLinks.refusal(404), new Refused(404, "refused")),
        Arguments.of(FakeLinks.refusal(503), new Refused(503, "refused")),
        Arguments.of(FakeLinks.BROKEN, new Broken()),
        Arguments.of(new IllegalStateException("closed"), new Broken()));
  }

  @Test
  void timeThatIsUpIsTheLeastTimeOfAnAttempt() {
    forwarding.ask("you", FakeCaller.LIST, -3);
    assertThat(links.last().timeoutMs()).isEqualTo(1);
  }

  @Test
  void placesOfThisNodeAreNamedToOtherNodesOnly() {
    forwarding.ask("you", FakeCaller.FETCH, 7);
    assertThat(((Fetch) links.last().body()).edge()).isEqualTo("@me/eric.edge.e");
    forwarding.tell("you", FakeCaller.FETCH);
    assertThat(((Fetch) links.sent.get(0).body()).edge()).isEqualTo("@me/eric.edge.e");
    forwarding.ask("me", FakeCaller.FETCH, 7);
    assertThat(links.last().body()).isEqualTo(FakeCaller.FETCH);
    assertThat(forwarding.isHere("me")).isTrue();
    assertThat(forwarding.isHere("you")).isFalse();
  }
}
