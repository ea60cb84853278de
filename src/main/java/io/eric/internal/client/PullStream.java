package io.eric.internal.client;

import io.eric.Channel.MessageStream;
import io.eric.Ids;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.CallersContext;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.internal.protocol.Session;
import io.eric.log.Entry;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's messages as a {@code ReadStream}: reads a batch, hands it out as it is asked for,
 * reads the next when the last one is handed out. Holds one batch at most. Its handlers run on the
 * context that made it.
 */
final class PullStream implements MessageStream, ChannelReader.Stream, ReaderBook.Side {

  private static final Logger logger = LoggerFactory.getLogger(PullStream.class);

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  private static final int BATCH_MESSAGES = 256;
  private static final int BATCH_BYTES = 64 << 10;

  private final Context context;
  private final Vertx vertx;
  private final String channelId;
  private final @Nullable MessageQueueListener listener;
  private final BiFunction<Entry, String, JsonObject> show;
  private final String address = Addresses.edge(Ids.random());
  private final ArrayDeque<Read> batch = new ArrayDeque<>();
  private @Nullable MessageConsumer<ChannelResponse> consumer;
  private @Nullable MessageConsumer<OwnerChanged> moves;
  private final VertxLoop loop;
  private final ReaderBook book;
  private final ChannelReader reader;
  private Loop.@Nullable Timer bookTimer;
  private Session session = Session.NONE;
  private long numbers = 1;

  private volatile @Nullable Handler<JsonObject> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;
  private String epoch = "";
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private long handedOut;
  private long through;
  private long delayMs;
  private boolean pausing;
  private boolean handing;
  private boolean ended;

  /** The verticle that reads is gone: the channel must not go on to wait for it. */
  private final Closeable undeployed =
      done -> {
        end();
        done.succeed();
      };

  PullStream(
      Vertx vertx,
      BusClient client,
      String channelId,
      @Nullable MessageQueueListener listener,
      boolean raw,
      BiFunction<Entry, String, JsonObject> show) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.channelId = channelId;
    this.listener = listener;
    this.show = show;
    AddressRouter router = new AddressRouter(vertx);
    this.loop = new VertxLoop(context);
    // Nobody would open it again, so it does not give up while its channel is out of reach.
    this.book =
        new ReaderBook(
            client,
            loop,
            Meters.of(vertx),
            channelId,
            address,
            EdgeOptions.DEFAULT_CONFIRM_INTERVAL,
            ReaderBook.NEVER_GIVES_UP,
            this);
    this.reader =
        new ChannelReader(
            client,
            loop,
            () -> router.far() != null,
            new ChannelReader.Asking(
                channelId,
                address,
                listener == null ? null : listener.id(),
                false,
                raw,
                BATCH_MESSAGES,
                BATCH_BYTES),
            numbers,
            book,
            this);
  }

  @Override
  public MessageStream handler(@Nullable Handler<JsonObject> handler) {
    this.handler = handler;
    if (handler != null) {
      if (Vertx.currentContext() == context) {
        attach(); // at once: what the caller publishes next is for this stream already
      } else {
        context.runOnContext(v -> attach());
      }
    }
    return this;
  }

  @Override
  public MessageStream pause() {
    demand.set(0);
    return this;
  }

  @Override
  public MessageStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public MessageStream fetch(long amount) {
    demand.accumulateAndGet(amount, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
    context.runOnContext(v -> handOut());
    return this;
  }

  @Override
  public MessageStream endHandler(@Nullable Handler<Void> endHandler) {
    this.endHandler = endHandler;
    return this;
  }

  @Override
  public MessageStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    this.exceptionHandler = handler;
    return this;
  }

  @Override
  public Future<Void> close() {
    return CallersContext.of(
        vertx,
        () -> {
          Promise<Void> closed = Promise.promise();
          context.runOnContext(
              v -> {
                end();
                closed.complete();
              });
          return closed.future();
        });
  }

  private void attach() {
    if (consumer != null || ended) {
      return;
    }
    if (listener != null && !listener.isRunning()) {
      context.runOnContext(v -> end()); // a stopped listener's stream yields nothing
      return;
    }
    MessageConsumer<ChannelResponse> ours = vertx.eventBus().localConsumer(address);
    consumer = ours;
    // The bus calls on a duplicate of our context, and the user's handlers belong on ours.
    ours.handler(message -> context.runOnContext(v -> news(message)));
    ((ContextInternal) context).addCloseHook(undeployed);
    if (new AddressRouter(vertx).far() != null) {
      moves =
          vertx
              .eventBus()
              .localConsumer(
                  Addresses.moved(channelId), move -> context.runOnContext(v -> reader.moved()));
    }
    bookTimer = loop.every(EdgeOptions.DEFAULT_CONFIRM_INTERVAL / 4, book::tick);
    reader.open(null).onSuccess(opened -> reader.begin()).onFailure(this::failed);
  }

  private void news(io.vertx.core.eventbus.Message<ChannelResponse> message) {
    ChannelResponse news = message.body();
    if (news instanceof ChannelResponse.Wake) {
      reader.wake();
    } else if (news instanceof ChannelResponse.StillWanted question) {
      boolean wanted = question.origin() == reader.origin() && !ended;
      message.reply(new ChannelResponse.Wanted(wanted), LocalCodec.options());
    } else if (news instanceof ChannelResponse.End end && end.stream() != reader.number()) {
      message.reply(
          new ChannelResponse.Ended(UNKNOWN), LocalCodec.options()); // has another number now
    } else if (news instanceof ChannelResponse.End end) {
      message.reply(
          new ChannelResponse.Ended(reader.attached() == null ? UNKNOWN : handedOut),
          LocalCodec.options());
      endWith(end.type(), end.retryMs());
    } else {
      Meters.of(vertx).stateErrors().reportUnknown("stream of channel " + channelId, news);
    }
  }

  /** The channel knows that it ends. */
  private void endWith(@Nullable String type, int retryMs) {
    reader.over();
    if (type != null && !ended) {
      Entry event = new Entry(handedOut, 0, null, type, Payload.NULL, null, null);
      JsonObject last = show.apply(event, epoch);
      give(retryMs > 0 ? last.put("retry", retryMs) : last);
    }
    end();
  }

  // ---- for the reader

  @Override
  public long renumber() {
    return ++numbers;
  }

  @Override
  public long readTo() {
    return through;
  }

  @Override
  public void attached(Attached now, long startsAfter) {
    if (!now.epoch().equals(epoch)) {
      epoch = now.epoch();
      through = startsAfter;
      handedOut = startsAfter;
    }
    session = now.session();
    delayMs = now.delayMs();
  }

  @Override
  public void take(Fetched batch) {
    List<Entry> entries = batch.entries();
    if (this.batch.isEmpty()) { // else something stands before it
      handedOut = entries.isEmpty() ? batch.through() : entries.get(0).sequence() - 1;
    }
    for (Entry entry : entries) {
      this.batch.add(new Read(entry, epoch));
    }
    through = batch.through();
    handOut();
  }

  @Override
  public long handedOn() {
    return handedOut;
  }

  @Override
  public boolean isDrained() {
    return batch.isEmpty() && demand.get() > 0 && !pausing;
  }

  @Override
  public boolean joinLive(long from) {
    return false; // it has not asked for that
  }

  @Override
  public void leaveLive() {}

  @Override
  public void demote() {
    reader.demote(); // it is never pushed to
  }

  @Override
  public void givenUp() {
    failed(new UnavailableException("the channel does not answer"));
  }

  @Override
  public void stopped() {
    end();
  }

  @Override
  public void takenOver() {
    endWith(Message.TAKEN_OVER, ChannelResponse.End.TAKEN_OVER_RETRY_MS);
  }

  @Override
  public void failed(Throwable reason) {
    if (!ended) {
      Handler<Throwable> report = exceptionHandler;
      if (report != null) {
        report.handle(reason);
      }
      end();
    }
  }

  // ---- for the book

  @Override
  public Session session() {
    return session;
  }

  @Override
  public long acknowledged() {
    return 0; // nothing is pushed here
  }

  @Override
  public List<ChannelReader> readers() {
    return List.of(reader);
  }

  @Override
  public @Nullable ChannelReader reader(long number) {
    return number == reader.number() ? reader : null;
  }

  @Override
  public void isIn(Session now) {
    if (session.isBefore(now)) {
      reader.moved();
    }
  }

  @Override
  public void confirmed() {} // no health depends on it

  @Override
  public void sent(long sequence) {}

  // ---- to the user

  private void handOut() {
    if (handing || ended) {
      return;
    }
    handing = true;
    while (demand.get() > 0 && handler != null && !batch.isEmpty() && !pausing && !ended) {
      Read next = batch.removeFirst();
      demand.updateAndGet(left -> left == Long.MAX_VALUE || left == 0 ? left : left - 1);
      if (next.epoch.equals(epoch)) { // a former log's places are none in this one
        handedOut = next.entry.sequence();
      }
      give(show.apply(next.entry, next.epoch));
      if (delayMs > 0) {
        pausing = true;
        vertx.setTimer(
            delayMs,
            timer -> {
              pausing = false;
              handOut();
            });
      }
      if (Message.CHANNEL_CLOSED.equals(next.entry.type())) {
        end();
      }
    }
    handing = false;
    if (isDrained()) {
      reader.drained();
    }
  }

  /** Gives an item to the user's handler, whose failure does not stop the stream. */
  private void give(JsonObject item) {
    Handler<JsonObject> receiver = handler;
    if (receiver == null) {
      return;
    }
    try {
      receiver.handle(item);
    } catch (RuntimeException e) {
      logger.error("a handler of messages of channel {} failed", channelId, e);
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    batch.clear();
    if (bookTimer != null) {
      bookTimer.cancel();
    }
    reader.leave(handedOut);
    if (consumer != null) {
      consumer.unregister();
      ((ContextInternal) context).removeCloseHook(undeployed);
    }
    if (moves != null) {
      moves.unregister();
    }
    Handler<Void> last = endHandler;
    if (last != null) {
      last.handle(null);
    }
  }

  /** A message, and the log that it was read in. */
  private record Read(Entry entry, String epoch) {}
}
