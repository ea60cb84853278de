package io.eric.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Payload;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.End;
import io.eric.internal.protocol.ChannelResponse.Ended;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamTallies;
import io.eric.log.Entry;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream of a program, beside a channel that the test plays. */
class PullStreamTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Session SESSION = new Session(1, 7);

  private final Vertx vertx = Vertx.vertx();
  private final List<ChannelRequest> said = new CopyOnWriteArrayList<>();
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
    PullStream<JsonObject> stream = stream();
    stream.pause();
    stream.fetch(1); // it holds the second message of the former log
    stream.handler(got::add);
    await().atMost(PATIENCE).until(() -> hasSaid(ChannelRequest.Reattach.class));
    int before = said.size();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                said.subList(before, said.size()).stream()
                    .anyMatch(each -> each instanceof ChannelRequest.Statement));
    stream.close();
    await().atMost(PATIENCE).until(() -> hasSaid(ChannelRequest.Detach.class));
    assertThat(said).last().isInstanceOf(ChannelRequest.Detach.class);
    assertThat(((ChannelRequest.Detach) said.get(said.size() - 1)).written()).isEqualTo(4);
  }

  @Test
  void anEndOfWhatItWasUnderAFormerNumberEndsNothing() {
    playChannel();
    PullStream<JsonObject> stream = stream();
    stream.pause();
    stream.fetch(1);
    stream.handler(got::add);
    await().atMost(PATIENCE).until(() -> !got.isEmpty());
    assertThat(ended(99)).isEqualTo(-1);
    stream.fetch(1);
    await().atMost(PATIENCE).until(() -> got.size() == 2);
    assertThat(ended(1)).isEqualTo(1_001);
  }

  /** A stream that stayed open without another message would say nothing of its failure. */
  @Test
  void aMessageThatCannotBeConvertedEndsTheStreamBeforeIt() {
    playChannel();
    PullStream<JsonObject> stream =
        stream(
            entry -> {
              if (entry.sequence() == 1_001) {
                throw new IllegalStateException("cannot be decoded");
              }
              return new JsonObject();
            });
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    Promise<Void> end = Promise.promise();
    stream.exceptionHandler(failures::add).endHandler(end::complete).handler(got::add);
    Hub.await(end.future());
    assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(got).hasSize(1);
    await().atMost(PATIENCE).until(() -> hasSaid(ChannelRequest.Detach.class));
    assertThat(((ChannelRequest.Detach) said.get(said.size() - 1)).written()).isEqualTo(1_000);
  }

  @Test
  void anErrorOfTheUsersHandlerStopsNothing() {
    playChannel();
    PullStream<JsonObject> stream = stream();
    stream.handler(
        item -> {
          got.add(item);
          throw new AssertionError("of the user");
        });
    await().atMost(PATIENCE).until(() -> got.size() == 2);
  }

  @Test
  void aStreamEndsAlthoughTheUsersHandlersThrow() {
    PullStream<JsonObject> refused = stream(); // there is no channel
    Promise<Void> end = Promise.promise();
    refused
        .exceptionHandler(
            failure -> {
              throw new IllegalStateException("of the user");
            })
        .endHandler(end::complete)
        .handler(got::add);
    Hub.await(end.future());
    playChannel();
    PullStream<JsonObject> closed = stream();
    closed
        .endHandler(
            over -> {
              throw new IllegalStateException("of the user");
            })
        .handler(got::add);
    await().atMost(PATIENCE).until(() -> got.size() == 2);
    Hub.await(closed.close());
  }

  /** What else the stream does at that moment happens on its context too. */
  @Test
  void itEndsOnItsContextWhenVertxIsClosed() {
    Vertx closing = Vertx.vertx();
    PullStream<JsonObject> stream =
        new PullStream<>(
            closing,
            new BusClient(closing),
            "x",
            "l",
            null,
            () -> true,
            false,
            form(entry -> new JsonObject()));
    AtomicReference<Thread> endedBy = new AtomicReference<>();
    Promise<Thread> handlersThread = Promise.promise();
    stream.context.runOnContext(v -> handlersThread.complete(Thread.currentThread()));
    stream.endHandler(end -> endedBy.set(Thread.currentThread()));
    closing
        .eventBus()
        .localConsumer(Addresses.channel("x"), unanswered -> {}); // so that it stays attaching
    stream.handler(got::add);
    Thread itsThread = Hub.await(handlersThread.future());
    Hub.await(Future.future(opened -> stream.context.runOnContext(v -> opened.complete())));
    Hub.await(closing.close());
    assertThat(endedBy.get()).isSameAs(itsThread);
  }

  private long ended(long number) {
    Message<Ended> answer =
        Hub.await(
            vertx.eventBus().request(address, new End("x", number, null, 0), LocalCodec.options()));
    return answer.body().written();
  }

  private PullStream<JsonObject> stream() {
    return stream(entry -> new JsonObject());
  }

  private PullStream<JsonObject> stream(Function<Entry, JsonObject> convert) {
    return new PullStream<>(
        vertx, new BusClient(vertx), "x", "l", null, () -> true, false, form(convert));
  }

  private boolean hasSaid(Class<?> kind) {
    return said.stream().anyMatch(kind::isInstance);
  }

  private void playChannel() {
    vertx
        .eventBus()
        .<ChannelRequest>localConsumer(
            Addresses.channel("x"),
            message -> {
              ChannelRequest asked = message.body();
              said.add(asked);
              if (asked instanceof ChannelRequest.Attach attach) {
                address = attach.edge();
                reply(message, attached("one", 1_000, 1_001));
              } else if (asked instanceof ChannelRequest.Reattach) {
                reply(message, attached("two", 5, 6));
              } else if (asked instanceof ChannelRequest.Statement) {
                reply(message, new Confirmed(new Session(1, 0), 0, StreamTallies.NONE, List.of()));
              } else if (asked instanceof ChannelRequest.ListStreams) {
                reply(message, new StreamList(new Session(1, 0), List.of()));
              }
            });
  }

  private static void reply(Message<ChannelRequest> message, ChannelResponse answer) {
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

  private static PullStream.Form<JsonObject> form(Function<Entry, JsonObject> convert) {
    return new PullStream.Form<>() {
      @Override
      public JsonObject message(Entry entry, String epoch) {
        return convert.apply(entry);
      }

      @Override
      public JsonObject last(Entry entry, String epoch, int retryMs) {
        return new JsonObject();
      }
    };
  }
}
