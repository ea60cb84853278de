package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.Connection;
import io.eric.Message;
import io.eric.Position;
import io.eric.bus.Addresses;
import io.eric.bus.BusClient;
import io.eric.bus.FromChannel;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.Confirmed;
import io.eric.bus.FromChannel.Listed;
import io.eric.bus.FromChannel.StreamList;
import io.eric.bus.LocalCodec;
import io.eric.bus.Session;
import io.eric.bus.StreamState;
import io.eric.bus.StreamTallies;
import io.eric.bus.ToChannel;
import io.eric.bus.ToChannel.Attach;
import io.eric.bus.ToChannel.ListStreams;
import io.eric.bus.ToChannel.Statement;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an owner says of an edge's streams, and what it makes of words that come late or twice. */
class StatementTest {

  private static final String EDGE = Addresses.edge("test");
  private static final long INTERVAL_MS = 60_000;
  private static final long SHORT_INTERVAL_MS = 100;

  private final List<FromChannel> said = new CopyOnWriteArrayList<>();
  private Hub hub;
  private Channel channel;
  private BusClient client;

  @BeforeEach
  void start() {
    hub = Hub.start();
    channel = hub.channel("x");
    hub.ask("x", new JsonObject().put("v", "r").put("r", "r"));
    client = new BusClient(hub.vertx);
    hub.vertx
        .eventBus()
        .<FromChannel>localConsumer(EDGE)
        .handler(
            message -> {
              said.add(message.body());
              if (message.body() instanceof FromChannel.End) {
                message.reply(new FromChannel.Ended(-1), LocalCodec.options());
              }
            });
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theOwnerSaysWhatItTakesStreamsToDo() {
    Attached attached = ask(stream(1, null));
    Confirmed confirmed = state(attached.session());
    assertThat(confirmed.session()).isEqualTo(attached.session());
    assertThat(confirmed.streams()).isEqualTo(tallies(1, StreamState.LIVE_UNSETTLED));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE_UNSETTLED));
  }

  @Test
  void anEdgeThatIsNotKnownHasNoSession() {
    Confirmed confirmed = state(Session.NONE, 4L);
    assertThat(confirmed.session().isOpen()).isFalse();
    assertThat(confirmed.streams()).isEqualTo(StreamTallies.NONE);
    assertThat(confirmed.lost()).containsExactly(4L);
  }

  /** Edges drop what comes in a session before the latest that they have heard of. */
  @Test
  void aChannelThatIsMadeAnewHasLaterSessions() {
    Session session = this.<Attached>ask(stream(1, null)).session();
    for (int i = 0; i < 3; i++) {
      hub.ask("x", new JsonObject().put("v", "rc"));
      hub.channel("x");
      hub.ask("x", new JsonObject().put("v", "r").put("r", "r"));
      Session next = this.<Attached>ask(stream(i + 2, null)).session();
      assertThat(session.isBefore(next)).isTrue();
      session = next;
    }
  }

  @Test
  void anAttachThatIsRepeatedIsNoTakeover() {
    broadcast(1);
    Attached first = ask(stream(1, null));
    Attached again = ask(stream(1, null));
    assertThat(again.session()).isEqualTo(first.session());
    assertThat(again.first().through()).isEqualTo(first.first().through());
    assertThat(listed()).hasSize(1);
    assertThat(said).noneMatch(news -> news instanceof FromChannel.End);
  }

  @Test
  void aWatchThatIsRepeatedIsOneWatcher() {
    ask(watcher(1));
    ask(watcher(1));
    assertThat(listed()).hasSize(1);
  }

  @Test
  void anAttachThatALaterOneHasOvertakenOpensNothing() {
    ask(stream(2, null));
    assertThat(Hub.failure(client.<Attached>ask("x", stream(1, null)))).isNotNull();
    assertThat(listed()).containsExactly(new Listed(2, StreamState.LIVE_UNSETTLED));
    assertThat(said).noneMatch(news -> news instanceof FromChannel.End);
  }

  @Test
  void whatALaterReadHasOvertakenCountsForNothing() {
    Attached attached = ask(stream(1, null));
    long at = attached.first().through();
    ask(new ToChannel.Fetch(EDGE, 1, 2, at, 100, 10_000));
    client.tell("x", new ToChannel.Demote(EDGE, 1, 1, at));
    client.tell("x", new ToChannel.Written(EDGE, 1, 0, at));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE_UNSETTLED));
    client.tell("x", new ToChannel.Written(EDGE, 1, 2, at));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE));
  }

  /** The kernel may never get what was written to a stream when it attached anew. */
  @Test
  void aStreamThatAttachesAnewHasWhatTheKernelHas() {
    String one = broadcast(1);
    broadcast(2);
    ask(stream(1, null));
    Attached again =
        ask(new ToChannel.Reattach(stream(2, position(sequence(one) + 1)), sequence(one)));
    assertThat(again.first().entries()).isEmpty();
    client.tell("x", new ToChannel.Detach(EDGE, 2, -1));
    Attached back = ask(stream(3, null));
    assertThat(back.first().entries()).hasSize(1);
  }

  @Test
  void anEdgeWithoutStatementsIsForgotten() {
    ask(new Attach(EDGE, 1, "r", null, true, false, 100, 10_000, SHORT_INTERVAL_MS));
    await().until(() -> listed().isEmpty());
    assertThat(Hub.await(channel.getConnections()).get(0).state())
        .isEqualTo(Connection.State.DETACHED);
  }

  @Test
  void aStatementRepeatsAnAcknowledgement() {
    Attached attached = ask(stream(1, null));
    client.tell("x", new ToChannel.Written(EDGE, 1, 0, attached.first().through()));
    String one = broadcast(1);
    await().until(() -> said.stream().anyMatch(news -> news instanceof FromChannel.Delivery));
    ask(
        new Statement(
            EDGE, attached.session(), INTERVAL_MS, sequence(one), StreamTallies.NONE, List.of()));
    assertThat(Hub.await(channel.getConnections()).get(0).position().sequence())
        .isEqualTo(sequence(one));
  }

  // ---- what it takes

  private Attach stream(long number, String after) {
    return new Attach(EDGE, number, "r", after, true, false, 100, 10_000, INTERVAL_MS);
  }

  private static Attach watcher(long number) {
    return new Attach(EDGE, number, null, null, true, false, 100, 10_000, INTERVAL_MS);
  }

  private <T> T ask(ToChannel question) {
    return Hub.await(client.<T>ask("x", question));
  }

  private Confirmed state(Session session, Long... reads) {
    return ask(new Statement(EDGE, session, INTERVAL_MS, 0, StreamTallies.NONE, List.of(reads)));
  }

  private List<Listed> listed() {
    return this.<StreamList>ask(new ListStreams(EDGE, 0, 1)).streams();
  }

  private static StreamTallies.Snapshot tallies(long stream, StreamState state) {
    StreamTallies tallies = new StreamTallies();
    tallies.changed(stream, null, state);
    return tallies.snapshot();
  }

  private String broadcast(int payload) {
    Future<String> published = channel.broadcast(Message.of("t", payload));
    return Hub.await(published);
  }

  private String position(long sequence) {
    String epoch = Hub.await(channel.getConnections()).get(0).position().epoch();
    return new Position(epoch, sequence).toString();
  }

  private static long sequence(String id) {
    return Position.parse(id).sequence();
  }
}
