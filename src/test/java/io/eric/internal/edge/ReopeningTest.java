package io.eric.internal.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Payload;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Delivery;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamDigest;
import io.eric.log.Entry;
import io.eric.options.EdgeOptions;
import io.eric.testing.Hub;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An edge whose streams ask to be opened anew, and a channel that the test plays. */
class ReopeningTest {

  private static final String CHANNEL = "played";

  private final List<Message<Object>> asked = new CopyOnWriteArrayList<>();
  private final List<Long> detached = new CopyOnWriteArrayList<>();
  private final List<ChannelRequest.Acknowledge> acknowledged = new CopyOnWriteArrayList<>();
  private volatile boolean heardAll;
  private Hub hub;
  private EdgeUser user;

  @BeforeEach
  void start() {
    hub = Hub.start();
    user = new EdgeUser(hub, new EdgeOptions().setHeartbeat(0));
    hub.vertx
        .eventBus()
        .localConsumer(
            Addresses.channel(CHANNEL),
            message -> {
              if (message.body() instanceof ChannelRequest.Acknowledge told) {
                acknowledged.add(told);
              } else if (message.body() instanceof ChannelRequest.Detach told) {
                detached.add(told.stream());
              } else if (message.body().equals("all is said")) {
                heardAll = true;
              } else if (message.replyAddress() != null) {
                asked.add(message);
              }
            });
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void nothingIsAcknowledgedForAStreamThatTheChannelTakesForLive() {
    Client client = new Client();
    user.post(() -> user.opening(client, CHANNEL, "r", null));
    answer(0, new Fetched(List.of(), 5, true, false));
    awaitUntil(() -> client.stream != null);

    move();
    awaitUntil(() -> asked.size() == 2);
    // For other streams of the edge, or on its way when the stream left the live ones.
    Delivery six = new Delivery(CHANNEL, "e", sessionOf("e"), 5, 6, List.of(entry(6)));
    hub.vertx.eventBus().send(user.edge.address, six, LocalCodec.options());
    user.run(() -> {}); // it is taken
    user.run(() -> {}); // and the turn that it came in is over
    user.run(() -> hub.vertx.eventBus().send(Addresses.channel(CHANNEL), "all is said"));
    awaitUntil(() -> heardAll);
    assertThat(acknowledged).allMatch(told -> told.live() == StreamDigest.NONE);

    answer(1, new Fetched(List.of(entry(6)), 6, true, false));
    // It had to be said again, for a channel that had not heard yet that the stream was not live.
    awaitUntil(() -> acknowledged.stream().filter(told -> told.through() == 6).count() == 2);
    assertThat(client.payloads()).containsExactly("6");
  }

  @Test
  void aLogThatBeganAnewIsReadFromItsOwnBeginning() {
    Client client = new Client();
    user.post(() -> user.opening(client, CHANNEL, null, null));
    answer(0, new Fetched(List.of(), 1_000, true, false));
    awaitUntil(() -> client.stream != null);

    move();
    answer(1, "renewed", new Fetched(List.of(entry(1)), 1, false, false));
    awaitUntil(() -> asked.size() == 3);

    assertThat(((ChannelRequest.Fetch) asked.get(2).body()).after()).isEqualTo(1);
    assertThat(client.payloads()).containsExactly("1");
  }

  @Test
  void aWatcherGivesItsFormerStreamBack() {
    Client client = new Client();
    user.post(() -> user.opening(client, CHANNEL, null, null));
    answer(0, new Fetched(List.of(), 5, true, false));
    awaitUntil(() -> client.stream != null);
    long former = client.stream.number();

    move();
    awaitUntil(() -> asked.size() == 2);

    assertThat(detached).containsExactly(former);
  }

  /** Each new owner gives a stream more time, but its client is not to wait for ever. */
  @Test
  void aStreamWhoseOwnersFollowEachOtherWithoutConfirmingItEnds() {
    user = new EdgeUser(hub, new EdgeOptions().setHeartbeat(100).setConfirmInterval(100));
    Client client = new Client();
    user.post(() -> user.opening(client, CHANNEL, null, null));
    answer(0, new Fetched(List.of(), 5, true, false));
    awaitUntil(() -> client.stream != null);
    AtomicLong term = new AtomicLong(1);
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              move(term.incrementAndGet());
              return client.isOver();
            });
  }

  private void move() {
    move(1);
  }

  private void move(long term) {
    hub.vertx
        .eventBus()
        .publish(Addresses.MOVED, new OwnerChanged(CHANNEL, term), LocalCodec.options());
  }

  /** Another log has another session. */
  private static Session sessionOf(String epoch) {
    return new Session(1, epoch.charAt(0));
  }

  private void answer(int question, Fetched first) {
    answer(question, "e", first);
  }

  private void answer(int question, String epoch, Fetched first) {
    awaitUntil(() -> asked.size() > question);
    asked
        .get(question)
        .reply(
            new Attached("r", epoch, sessionOf(epoch), false, 0, 1_000, first),
            LocalCodec.options());
  }

  private static Entry entry(long sequence) {
    return new Entry(sequence, 0, null, "t", Payload.of(sequence), null, null);
  }

  private static void awaitUntil(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(Hub.PATIENCE)).until(condition);
  }
}
