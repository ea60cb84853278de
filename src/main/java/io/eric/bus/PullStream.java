package io.eric.bus;

import io.eric.Channel.MessageStream;
import io.eric.Entry;
import io.eric.Ids;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.Fetched;
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
final class PullStream implements MessageStream {

  private static final Logger logger = LoggerFactory.getLogger(PullStream.class);

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  /** How long to wait before a channel is asked again that nobody serves at this moment. */
  private static final long REATTACH_PAUSE_MS = 500;

  private static final int BATCH_MESSAGES = 256;
  private static final int BATCH_BYTES = 64 << 10;

  private final Context context;
  private final Vertx vertx;
  private final BusClient client;
  private final String channelId;
  private final @Nullable MessageQueueListener listener;
  private final boolean raw;
  private final BiFunction<Entry, String, JsonObject> show;
  private final String address = Addresses.edge(Ids.random());
  private final ArrayDeque<Entry> batch = new ArrayDeque<>();
  private @Nullable MessageConsumer<FromChannel> consumer;
  private @Nullable MessageConsumer<Moved> moves;

  /** Its number at this edge; another one each time it is attached anew. */
  private long stream = 1;

  private volatile @Nullable Handler<JsonObject> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;
  private String epoch = "";
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private long handedOut;
  private long through;
  private long delayMs;
  private boolean attached;
  private boolean fetching;
  private boolean waiting;
  private boolean woken;
  private boolean pausing;
  private boolean handing;
  private boolean ended;

  /** The verticle that reads is gone: the channel must not go on to wait for it. */
  private final Closeable undeployed =
      done -> {
        end(true);
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
    this.client = client;
    this.channelId = channelId;
    this.listener = listener;
    this.raw = raw;
    this.show = show;
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
                end(true);
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
      context.runOnContext(v -> end(false)); // a stopped listener's stream yields nothing
      return;
    }
    MessageConsumer<FromChannel> ours = vertx.eventBus().localConsumer(address);
    consumer = ours;
    // The bus calls on a duplicate of our context, and the user's handlers belong on ours.
    ours.handler(message -> context.runOnContext(v -> news(message)));
    ((ContextInternal) context).addCloseHook(undeployed);
    if (new Post(vertx).far() != null) {
      moves =
          vertx
              .eventBus()
              .localConsumer(
                  Addresses.moved(channelId), move -> context.runOnContext(v -> reattach()));
    }
    String listenerId = listener == null ? null : listener.id();
    client
        .<Attached>ask(
            channelId,
            new ToChannel.Attach(
                address, stream, listenerId, null, false, raw, BATCH_MESSAGES, BATCH_BYTES))
        .onSuccess(
            opened -> {
              attached = true;
              epoch = opened.epoch();
              delayMs = opened.delayMs();
              handedOut = opened.first().through();
              for (Entry entry : opened.first().entries()) {
                handedOut = Math.min(handedOut, entry.sequence() - 1);
              }
              take(opened.first());
            })
        .onFailure(
            e -> {
              // An answer that is only late would leave a stream that nobody reads.
              client.tell(channelId, new ToChannel.Detach(address, stream, UNKNOWN));
              fail(e);
            });
  }

  private void news(io.vertx.core.eventbus.Message<FromChannel> message) {
    FromChannel news = message.body();
    if (news instanceof FromChannel.Wake) {
      if (waiting) {
        waiting = false;
        read();
      } else {
        woken = true; // the answer that says to wait has not come yet
      }
    } else if (news instanceof FromChannel.End end) {
      message.reply(new FromChannel.Ended(attached ? handedOut : UNKNOWN), LocalCodec.options());
      attached = false;
      if (end.type() != null && !ended) {
        Entry event = new Entry(handedOut, 0, null, end.type(), Payload.NULL, null, null);
        JsonObject last = show.apply(event, epoch);
        give(end.retryMs() > 0 ? last.put("retry", end.retryMs()) : last);
      }
      end(false);
    }
  }

  private void take(Fetched fetched) {
    fetching = false;
    if (ended) {
      detach();
      return;
    }
    batch.addAll(fetched.entries());
    through = fetched.through();
    waiting = fetched.waiting() && !woken;
    woken = false;
    handOut();
  }

  private void handOut() {
    if (handing || ended || !attached) {
      return;
    }
    handing = true;
    while (demand.get() > 0 && handler != null && !batch.isEmpty() && !pausing && !ended) {
      Entry entry = batch.removeFirst();
      demand.updateAndGet(left -> left == Long.MAX_VALUE || left == 0 ? left : left - 1);
      handedOut = entry.sequence();
      give(show.apply(entry, epoch));
      if (delayMs > 0) {
        pausing = true;
        vertx.setTimer(
            delayMs,
            timer -> {
              pausing = false;
              handOut();
            });
      }
      if (Message.CHANNEL_CLOSED.equals(entry.type())) {
        end(true);
      }
    }
    handing = false;
    if (batch.isEmpty() && demand.get() > 0 && !pausing) {
      read();
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

  private void read() {
    if (ended || fetching || waiting || !attached) {
      return;
    }
    fetching = true;
    handedOut = through;
    long asked = stream;
    client
        .<Fetched>askLong(
            channelId, new ToChannel.Fetch(address, asked, through, BATCH_MESSAGES, BATCH_BYTES))
        .onComplete(
            answer -> {
              if (asked != stream) {
                return; // attached anew meanwhile
              }
              if (answer.succeeded()) {
                take(answer.result());
                return;
              }
              fetching = false;
              Throwable e = answer.cause();
              if (moves != null && mayComeBack(e)) {
                reattach();
              } else if (attached) {
                fail(e);
              }
            });
  }

  private static boolean mayComeBack(Throwable failure) {
    return failure instanceof UnavailableException || failure instanceof RepositoryException;
  }

  /** Opens itself anew where the channel lives now; what was read is still handed out. */
  private void reattach() {
    if (ended || !attached) {
      return;
    }
    waiting = false;
    woken = false;
    fetching = true; // no read until this is answered
    askAgain(++stream);
  }

  private void askAgain(long asked) {
    client
        .<Attached>ask(
            channelId,
            new ToChannel.Reattach(
                new ToChannel.Attach(
                    address,
                    asked,
                    listener == null ? null : listener.id(),
                    new Position(epoch, through).toString(),
                    false,
                    raw,
                    BATCH_MESSAGES,
                    BATCH_BYTES)))
        .onComplete(
            answer -> {
              if (ended || asked != stream) {
                return;
              }
              if (answer.succeeded()) {
                epoch = answer.result().epoch();
                take(answer.result().first());
              } else if (mayComeBack(answer.cause())) {
                vertx.setTimer(
                    REATTACH_PAUSE_MS,
                    timer -> {
                      if (!ended && asked == stream) {
                        askAgain(asked);
                      }
                    });
              } else {
                fail(answer.cause());
              }
            });
  }

  private void fail(Throwable failure) {
    if (!ended) {
      Handler<Throwable> report = exceptionHandler;
      if (report != null) {
        report.handle(failure);
      }
      end(true);
    }
  }

  private void end(boolean detach) {
    if (ended) {
      return;
    }
    ended = true;
    batch.clear();
    if (detach) {
      detach();
    }
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

  private void detach() {
    if (attached) {
      attached = false;
      client.tell(channelId, new ToChannel.Detach(address, stream, handedOut));
    }
  }
}
