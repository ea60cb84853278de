package io.eric.channel;

import static io.eric.channel.AskedChannel.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.ListenerStatus;
import io.eric.Position;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.Listed;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.testing.Hub;
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

  private final List<ChannelResponse> said = new CopyOnWriteArrayList<>();
  private final AskedChannel x = new AskedChannel();

  @BeforeEach
  void listen() {
    x.hub
        .vertx
        .eventBus()
        .<ChannelResponse>localConsumer(EDGE)
        .handler(
            message -> {
              said.add(message.body());
              if (message.body() instanceof ChannelResponse.End) {
                message.reply(new ChannelResponse.Ended(-1), LocalCodec.options());
              }
            });
  }

  @AfterEach
  void stop() {
    x.close();
  }

  @Test
  void theOwnerSaysWhatItTakesStreamsToDo() {
    Attached attached = x.ask(stream(1, null));
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

  /** EdgeSessions drop what comes in a session before the latest that they have heard of. */
  @Test
  void aChannelThatIsMadeAnewHasLaterSessions() {
    Session session = x.<Attached>ask(stream(1, null)).session();
    for (int i = 0; i < 3; i++) {
      x.hub.ask("x", new JsonObject().put("v", "rc"));
      x.hub.channel("x");
      x.addListener();
      Session next = x.<Attached>ask(stream(i + 2, null)).session();
      assertThat(session.isBefore(next)).isTrue();
      session = next;
    }
  }

  @Test
  void anAttachThatIsRepeatedIsNoTakeover() {
    x.broadcast(1);
    Attached first = x.ask(stream(1, null));
    Attached again = x.ask(stream(1, null));
    assertThat(again.session()).isEqualTo(first.session());
    assertThat(again.first().through()).isEqualTo(first.first().through());
    assertThat(listed()).hasSize(1);
    assertThat(said).noneMatch(news -> news instanceof ChannelResponse.End);
  }

  @Test
  void aWatchThatIsRepeatedIsOneWatcher() {
    x.ask(watcher(1));
    x.ask(watcher(1));
    assertThat(listed()).hasSize(1);
  }

  @Test
  void anAttachThatALaterOneHasOvertakenOpensNothing() {
    x.ask(stream(2, null));
    assertThat(Hub.failure(x.<Attached>asked(stream(1, null)))).isNotNull();
    assertThat(listed()).containsExactly(new Listed(2, StreamState.LIVE_UNSETTLED));
    assertThat(said).noneMatch(news -> news instanceof ChannelResponse.End);
  }

  @Test
  void whatALaterReadHasOvertakenCountsForNothing() {
    Attached attached = x.ask(stream(1, null));
    long at = attached.first().through();
    x.ask(new ChannelRequest.Fetch(EDGE, 1, 2, at, 100, 10_000));
    x.tell(new ChannelRequest.Demote(EDGE, 1, 1, at));
    x.tell(new ChannelRequest.Written(EDGE, attached.session(), 1, 0, at));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE_UNSETTLED));
    x.tell(new ChannelRequest.Written(EDGE, attached.session(), 1, 2, at));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE));
  }

  /** Its streams of then are attached anew, and it has acknowledged without them since. */
  @Test
  void whatAnEdgeSaidInAFormerSessionCountsForNothing() {
    Attached attached = x.ask(stream(1, null));
    long at = attached.first().through();
    Session former = new Session(attached.session().term(), attached.session().number() - 1);
    x.tell(new ChannelRequest.Written(EDGE, former, 1, 0, at));
    assertThat(listed()).containsExactly(new Listed(1, StreamState.LIVE_UNSETTLED));
  }

  /** The kernel may never get what was written to a stream when it attached anew. */
  @Test
  void aStreamThatAttachesAnewHasWhatTheKernelHas() {
    String one = x.broadcast(1);
    x.broadcast(2);
    x.ask(stream(1, null));
    Attached again =
        x.ask(
            new ChannelRequest.Reattach(stream(2, position(sequence(one) + 1)), 1, sequence(one)));
    assertThat(again.first().entries()).isEmpty();
    x.tell(new ChannelRequest.Detach(EDGE, 2, -1));
    Attached back = x.ask(stream(3, null));
    assertThat(back.first().entries()).hasSize(1);
  }

  @Test
  void anEdgeWithoutStatementsIsForgotten() {
    x.ask(new Attach(EDGE, 1, "r", null, true, false, 100, 10_000, SHORT_INTERVAL_MS));
    await().until(() -> listed().isEmpty());
    assertThat(Hub.await(x.channel.getConnections()).get(0).state())
        .isEqualTo(ListenerStatus.State.DETACHED);
  }

  @Test
  void aStatementRepeatsAnAcknowledgement() {
    Attached attached = x.ask(stream(1, null));
    x.tell(new ChannelRequest.Written(EDGE, attached.session(), 1, 0, attached.first().through()));
    String one = x.broadcast(1);
    await().until(() -> said.stream().anyMatch(news -> news instanceof ChannelResponse.Delivery));
    x.ask(
        new Statement(
            EDGE,
            attached.session(),
            INTERVAL_MS,
            sequence(one),
            tallies(1, StreamState.LIVE),
            List.of()));
    assertThat(Hub.await(x.channel.getConnections()).get(0).position().sequence())
        .isEqualTo(sequence(one));
  }

  // ---- what it takes

  private Attach stream(long number, String after) {
    return new Attach(EDGE, number, "r", after, true, false, 100, 10_000, INTERVAL_MS);
  }

  private static Attach watcher(long number) {
    return new Attach(EDGE, number, null, null, true, false, 100, 10_000, INTERVAL_MS);
  }

  private Confirmed state(Session session, Long... reads) {
    return x.ask(new Statement(EDGE, session, INTERVAL_MS, 0, StreamTallies.NONE, List.of(reads)));
  }

  private List<Listed> listed() {
    return x.<StreamList>ask(new ListStreams(EDGE, 0, 1)).streams();
  }

  private static StreamTallies.Snapshot tallies(long stream, StreamState state) {
    StreamTallies tallies = new StreamTallies();
    tallies.changed(stream, null, state);
    return tallies.snapshot();
  }

  private String position(long sequence) {
    String epoch = Hub.await(x.channel.getConnections()).get(0).position().epoch();
    return new Position(epoch, sequence).toString();
  }
}
