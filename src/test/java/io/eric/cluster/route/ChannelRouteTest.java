package io.eric.cluster.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.internal.protocol.BusReply;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route makes of the news of its channel's owner. */
class ChannelRouteTest {

  private static final JsonObject LISTEN = new JsonObject().put("v", "l").put("r", "bob");
  private static final JsonObject RENEWED = LISTEN.copy().put("renewed", true);

  private final SimulatedTime time = new SimulatedTime();
  private final FakeLinks links = new FakeLinks();
  private final List<String> seen = new ArrayList<>();
  private int standing;
  private final ChannelRoute route =
      new ChannelRoute(
          new RouteParts(
              new SimulatedLoop(time),
              links,
              new WaitingBudget(10_000),
              new Meters(),
              new Observer()),
          stood -> {
            standing++;
            return () -> standing--;
          },
          "x");

  @ParameterizedTest
  @CsvSource({
    "'', you 1,",
    "unserved, you 1, moved 1",
    "you 1, you 1,",
    "you 1, you 2, moved 2",
    "you 1, him 2, moved 2",
    "you 1, me 2,  moved 2",
    "you 1 unserved, you 1, moved 1",
    "you 1 close, him 2,",
    "close, you 1,",
  })
  void streamsAreToldUnlessItIsTheFirstNewsOrNone(
      String before, String news, @Nullable String told) {
    tell(before);
    seen.clear();
    tell(news);
    assertThat(seen).isEqualTo(told == null ? List.of() : List.of(told));
  }

  private void tell(String news) {
    String[] words = news.split(" ");
    for (int i = 0; i < words.length; i++) {
      switch (words[i]) {
        case "" -> {}
        case "unserved" -> route.unserved();
        case "close" -> route.close();
        default -> route.servedBy(words[i], Long.parseLong(words[++i]));
      }
    }
  }

  @Test
  void streamsAreToldBeforeCommandsFlow() {
    route.unserved();
    route.ask(FakeCaller.LIST, new FakeCaller(), 1_000);
    route.servedBy("you", 1);
    assertThat(seen).containsExactly("moved 1");
    assertThat(askedWhenMoved).isZero();
    assertThat(links.asked).hasSize(1);
  }

  private int askedWhenMoved;

  @Test
  void itStandsAtTheAddressWhileItListens() {
    assertThat(route.isListening()).isFalse();
    route.listen();
    route.listen();
    assertThat(standing).isEqualTo(1);
    assertThat(route.isListening()).isTrue();
    route.stopListening();
    route.stopListening();
    assertThat(standing).isZero();
    route.listen();
    route.close();
    assertThat(standing).isZero();
    route.listen();
    assertThat(standing).isZero();
    assertThat(route.channel()).isEqualTo("x");
  }

  @Test
  void aConsumerIsNamedToTheNextOwnerWhenItIsOpen() {
    route.servedBy("you", 1);
    route.ask(LISTEN, new FakeCaller(), 1_000);
    links.answerAll("pong");
    links.answerAll(BusReply.result(BusReply.ACK));
    route.servedBy("him", 2);
    links.failAll(FakeLinks.NOT_DONE);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    links.answerAll("pong");
    assertThat(links.commands()).containsExactly(LISTEN, RENEWED);
    assertThat(links.last().node()).isEqualTo("him");
  }

  @Test
  void aCommandThatWasRefusedIsNotRemembered() {
    route.servedBy("you", 1);
    route.ask(LISTEN, new FakeCaller(), 1_000);
    links.answerAll("pong");
    links.failAll(FakeLinks.refusal(400));
    route.servedBy("him", 2);
    assertThat(links.pings()).isEqualTo(1);
  }

  @Test
  void whatALeavingChannelSaysGoesToTheOwnerThatIsKnownAlready() {
    route.servedBy("you", 2);
    route.remember(LISTEN);
    assertThat(links.pings()).isEqualTo(1);
    links.answerAll("pong");
    assertThat(links.commands()).containsExactly(RENEWED);
    route.remember(LISTEN.copy().put("r", "eve"));
    assertThat(links.commands()).contains(RENEWED.copy().put("r", "eve"));
  }

  @Test
  void whatALeavingChannelSaysWaitsForTheNextOwner() {
    route.servedBy("me", 1);
    route.unserved();
    route.remember(LISTEN);
    assertThat(links.asked).isEmpty();
    route.servedBy("you", 2);
    links.answerAll("pong");
    assertThat(links.commands()).containsExactly(RENEWED);
  }

  @Test
  void aRemovedChannelIsAskedNothing() {
    route.servedBy("you", 1);
    FakeCaller caller = new FakeCaller();
    route.ask(FakeCaller.LIST, caller, 1_000);
    route.remember(LISTEN);
    route.close();
    assertThat(caller.code).isEqualTo(404);
    links.answerAll("pong");
    route.remember(LISTEN);
    route.tell(FakeCaller.FETCH);
    time.pass(60_000);
    assertThat(links.commands()).isEmpty();
    assertThat(links.sent).isEmpty();
  }

  @Test
  void theObserverHearsThatTheOwnerIsNone() {
    route.servedBy("you", 1);
    route.ask(FakeCaller.LIST, new FakeCaller(), 1_000);
    links.failAll(FakeLinks.NOT_DONE);
    assertThat(seen).containsExactly("missed");
  }

  private final class Observer implements RouteObserver {
    @Override
    public void missed(String channel) {
      seen.add("missed");
    }

    @Override
    public void moved(String channel, long term) {
      seen.add("moved " + term);
      askedWhenMoved = links.asked.size();
    }
  }
}
