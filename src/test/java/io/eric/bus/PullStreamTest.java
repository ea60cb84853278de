package io.eric.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Entry;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.Confirmed;
import io.eric.bus.FromChannel.End;
import io.eric.bus.FromChannel.Ended;
import io.eric.bus.FromChannel.Fetched;
import io.eric.bus.FromChannel.StreamList;
import io.eric.testing.Hub;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream of a program, beside a channel that the test plays. */
class PullStreamTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Session SESSION = new Session(1, 7);

  private final Vertx vertx = Vertx.vertx();
  private final List<ToChannel> said = new CopyOnWriteArrayList<>();
  private final List<JsonObject> got = new CopyOnWriteArrayList<>();
  private volatile String address;

  @AfterEach
  void close() {
    Hub.await(vertx.close());
  }

  /** The owner knows nothing of the stream when it is asked, and has another log. */
  @Test
  void aPositionInAFormerLogIsNotToldToTheNextOne() {
    playChannel();
    PullStream stream = stream();
    stream.pause();
    stream.fetch(1); // it holds the second message of the former log
    stream.handler(got::add);
    await().atMost(PATIENCE).until(() -> hasSaid(ToChannel.Reattach.class));
    int before = said.size();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                said.subList(before, said.size()).stream()
                    .anyMatch(each -> each instanceof ToChannel.Statement));
    stream.close();
    await().atMost(PATIENCE).until(() -> hasSaid(ToChannel.Detach.class));
    assertThat(said).last().isInstanceOf(ToChannel.Detach.class);
    assertThat(((ToChannel.Detach) said.get(said.size() - 1)).written()).isEqualTo(4);
  }

  @Test
  void anEndOfWhatItWasUnderAFormerNumberEndsNothing() {
    playChannel();
    PullStream stream = stream();
    stream.pause();
    stream.fetch(1);
    stream.handler(got::add);
    await().atMost(PATIENCE).until(() -> !got.isEmpty());
    assertThat(ended(99)).isEqualTo(-1);
    stream.fetch(1);
    await().atMost(PATIENCE).until(() -> got.size() == 2);
    assertThat(ended(1)).isEqualTo(1_001);
  }

  private long ended(long number) {
    Message<Ended> answer =
        Hub.await(
            vertx.eventBus().request(address, new End("x", number, null, 0), LocalCodec.options()));
    return answer.body().written();
  }

  private PullStream stream() {
    MessageQueueListener listener = new MessageQueueListener("l");
    Hub.await(listener.start());
    return new PullStream(
        vertx, new BusClient(vertx), "x", listener, false, (entry, epoch) -> new JsonObject());
  }

  private boolean hasSaid(Class<?> kind) {
    return said.stream().anyMatch(kind::isInstance);
  }

  private void playChannel() {
    vertx
        .eventBus()
        .<ToChannel>localConsumer(
            Addresses.channel("x"),
            message -> {
              ToChannel asked = message.body();
              said.add(asked);
              if (asked instanceof ToChannel.Attach attach) {
                address = attach.edge();
                reply(message, attached("one", 1_000, 1_001));
              } else if (asked instanceof ToChannel.Reattach) {
                reply(message, attached("two", 5, 6));
              } else if (asked instanceof ToChannel.Statement) {
                reply(message, new Confirmed(new Session(1, 0), 0, StreamTallies.NONE, List.of()));
              } else if (asked instanceof ToChannel.ListStreams) {
                reply(message, new StreamList(new Session(1, 0), List.of()));
              }
            });
  }

  private static void reply(Message<ToChannel> message, FromChannel answer) {
    message.reply(answer, LocalCodec.options());
  }

  private static Attached attached(String epoch, long... sequences) {
    List<Entry> entries = new ArrayList<>();
    for (long sequence : sequences) {
      entries.add(new Entry(sequence, 0, null, "t", Payload.of("m"), null, null));
    }
    return new Attached(
        "l",
        epoch,
        SESSION,
        false,
        0,
        0,
        new Fetched(entries, sequences[sequences.length - 1], false, false));
  }
}
