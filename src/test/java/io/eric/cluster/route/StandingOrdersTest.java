package io.eric.cluster.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.RegisterListener;
import io.eric.internal.protocol.ChannelRequest.RenewHook;
import io.eric.internal.protocol.ChannelRequest.StartListener;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an owner is told of the consumers and hooks of this node. */
class StandingOrdersTest {

  private static final JsonObject LISTEN =
      new JsonObject().put("v", "l").put("r", "bob").put("window", 3).put("after", "e-1");
  private static final JsonObject RENEWED =
      new JsonObject().put("v", "l").put("r", "bob").put("window", 3).put("renewed", true);
  private static final String HOOK = "eric.hook.1";
  private static final JsonObject DONE = BusReply.result(BusReply.ACK);

  private final SimulatedTime time = new SimulatedTime();
  private final FakeLinks links = new FakeLinks();
  private final StandingOrders orders =
      new StandingOrders(new SimulatedLoop(time), new Forwarding(links, "eric.channel.x"));

  @ParameterizedTest
  @MethodSource
  void whatIsRemembered(List<Object> said, List<Object> standing) {
    said.forEach(orders::remember);
    assertThat(orders.isEmpty()).isEqualTo(standing.isEmpty());
    orders.sayTo("you", 1);
    assertThat(links.commands()).containsExactlyInAnyOrderElementsOf(standing);
  }

  static Stream<Arguments> whatIsRemembered() {
    RegisterListener register = new RegisterListener("bob", HOOK, false);
    RenewHook stopped = new RenewHook("bob", "@me/" + HOOK, false);
    RenewHook running = new RenewHook("bob", "@me/" + HOOK, true);
    return Stream.of(
        Arguments.of(List.of(), List.of()),
        Arguments.of(List.of(LISTEN), List.of(RENEWED)),
        Arguments.of(List.of(LISTEN, verb("s")), List.of()),
        Arguments.of(List.of(LISTEN, verb("rl")), List.of()),
        Arguments.of(List.of(register), List.of(stopped)),
        Arguments.of(List.of(new RegisterListener("bob", null, true)), List.of()),
        Arguments.of(List.of(register, new StartListener("bob")), List.of(running)),
        Arguments.of(List.of(register, LISTEN), List.of(running, RENEWED)),
        Arguments.of(List.of(register, LISTEN, verb("s")), List.of(stopped)),
        Arguments.of(List.of(register, verb("rl")), List.of()),
        Arguments.of(List.of(new RenewHook("bob", HOOK, true)), List.of(running)),
        Arguments.of(List.of(new RenewHook("bob", HOOK, true), verb("s")), List.of(stopped)),
        Arguments.of(List.of(new StartListener("bob")), List.of()),
        Arguments.of(
            List.of(LISTEN, new JsonObject().put("v", "s").put("r", "x")), List.of(RENEWED)),
        Arguments.of(
            Stream.of("r", "d", "b", "w", "ls", "ping", "c", "rc", "own")
                .map(v -> verb(v))
                .toList(),
            List.of()));
  }

  private static Object verb(String word) {
    return new JsonObject().put("v", word).put("r", "bob");
  }

  @Test
  void itIsSaidToEachOwner() {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.answerAll(DONE);
    orders.sayTo("him", 2);
    assertThat(links.commands()).containsExactly(RENEWED, RENEWED);
    assertThat(links.last().node()).isEqualTo("him");
  }

  @Test
  void aConsumerThatAnOwnerDoesNotRenewIsNotNamedToTheNextOne() {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.answerAll(BusReply.result(ChannelRequest.NOT_RENEWED));
    assertThat(orders.isEmpty()).isTrue();
  }

  @Test
  void aChannelThatIsOpenHereSaysItselfWhatStandsWhenItLeaves() {
    orders.remember(LISTEN);
    orders.sayTo("me", 1);
    links.answerAll(DONE);
    assertThat(orders.isEmpty()).isTrue();
  }

  @Test
  void whatWasChangedWhileItWasSaidIsKept() {
    orders.remember(LISTEN);
    orders.sayTo("me", 1);
    orders.remember(LISTEN.copy().put("window", 5));
    links.answerAll(DONE);
    assertThat(orders.isEmpty()).isFalse();
  }

  @Test
  void aListenerThatWasRemovedIsForgotten() {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.failAll(FakeLinks.refusal(404));
    assertThat(orders.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409})
  void whatAnOwnerRefusesIsNotRepeatedToIt(int code) {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.failAll(FakeLinks.refusal(code));
    time.pass(60_000);
    assertThat(links.asked).hasSize(1);
    assertThat(orders.isEmpty()).isFalse();
  }

  @ParameterizedTest
  @MethodSource
  void whatAnOwnerHasNotHeardIsRepeated(Throwable failure) {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.failAll(failure);
    time.pass(499);
    assertThat(links.asked).hasSize(1);
    time.pass(1);
    assertThat(links.commands()).containsExactly(RENEWED, RENEWED);
  }

  static Stream<Throwable> whatAnOwnerHasNotHeardIsRepeated() {
    return Stream.of(
        FakeLinks.NOT_DONE, FakeLinks.SILENT, FakeLinks.BROKEN, FakeLinks.refusal(503));
  }

  @Test
  void itIsNotRepeatedToAFormerOwner() {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.failAll(FakeLinks.SILENT);
    orders.sayTo("him", 2);
    links.answerAll(DONE);
    time.pass(60_000);
    assertThat(links.asked).extracting(FakeLinks.Asked::node).containsExactly("you", "him");
  }

  @Test
  void itIsNotRepeatedWhenItStandsNoMore() {
    orders.remember(LISTEN);
    orders.sayTo("you", 1);
    links.failAll(FakeLinks.SILENT);
    orders.clear();
    time.pass(60_000);
    assertThat(links.asked).hasSize(1);
  }
}
