package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.Position;
import io.eric.bus.Addresses;
import io.eric.bus.BusClient;
import io.eric.bus.FromChannel;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.LocalCodec;
import io.eric.bus.ToChannel;
import io.eric.bus.ToChannel.Attach;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream that opens itself anew loses nothing, whatever else its edge has said meanwhile. */
class ReattachTest {

  private static final String EDGE = Addresses.edge("test");
  private static final String OTHER_EDGE = Addresses.edge("other");

  private Hub hub;
  private Channel channel;
  private BusClient client;

  @BeforeEach
  void start() {
    hub = Hub.start();
    channel = hub.channel("x");
    hub.ask("x", new JsonObject().put("v", "r").put("r", "r"));
    client = new BusClient(hub.vertx);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void anAcknowledgementForOthersOfItsEdgeDoesNotMoveIt() {
    String one = broadcast(1);
    Attached live = attach(stream(EDGE, 1, one));
    assertThat(live.first().live()).isTrue();
    client.tell("x", new ToChannel.Written(EDGE, 1, 0, sequence(one)));
    String two = broadcast(2);
    // The stream has left its edge's live ones, and its word of that is still on its way.
    client.tell("x", new ToChannel.Acknowledge(EDGE, live.session(), sequence(two)));

    assertThat(payloads(attach(new ToChannel.Reattach(stream(EDGE, 2, one), sequence(one)))))
        .containsExactly("2");
  }

  @Test
  void aCursorThatIsAheadOfItDoesNotMoveIt() {
    String one = broadcast(1);
    String two = broadcast(2);
    attach(stream(EDGE, 1, one));
    client.tell("x", new ToChannel.Detach(EDGE, 1, sequence(two)));
    assertThat(payloads(attach(new ToChannel.Reattach(stream(EDGE, 2, one), sequence(one)))))
        .containsExactly("2");
  }

  @Test
  void whatAnotherStreamOfItsListenerHasHadDoesNotComeAgain() {
    String one = broadcast(1);
    String two = broadcast(2);
    attach(stream(EDGE, 1, one));
    attach(stream(OTHER_EDGE, 1, one));
    client.tell("x", new ToChannel.Detach(OTHER_EDGE, 1, sequence(two)));
    broadcast(3);
    assertThat(payloads(attach(new ToChannel.Reattach(stream(EDGE, 2, one), sequence(one)))))
        .containsExactly("3");
  }

  @Test
  void itDoesNotTakeOverFromWhoIsTakingOver() {
    List<io.vertx.core.eventbus.Message<Object>> ends = new CopyOnWriteArrayList<>();
    hub.vertx.eventBus().localConsumer(EDGE, ends::add);
    String one = broadcast(1);
    attach(stream(EDGE, 1, one));
    Future<Attached> other = client.ask("x", stream(OTHER_EDGE, 1, one));
    await().until(() -> !ends.isEmpty());
    Future<Attached> again =
        client.ask("x", new ToChannel.Reattach(stream(EDGE, 2, one), sequence(one)));
    ends.get(0).reply(new FromChannel.Ended(sequence(one)), LocalCodec.options());
    assertThat(Hub.await(other).stopped()).isFalse();
    await().until(again::isComplete);
    assertThat(again.cause()).isInstanceOf(InvalidListenerException.class);
  }

  private static Attach stream(String edge, long number, String after) {
    return new Attach(edge, number, "r", after, true, false, 100, 10_000, 7_500);
  }

  private static List<String> payloads(Attached attached) {
    return attached.first().entries().stream().map(entry -> entry.payload().toString()).toList();
  }

  private Attached attach(ToChannel request) {
    return Hub.await(client.<Attached>ask("x", request));
  }

  private String broadcast(Object payload) {
    return Hub.await(channel.broadcast(Message.of("t", payload)));
  }

  private static long sequence(String position) {
    return Position.parse(position).sequence();
  }
}
