package io.eric.work;

import io.eric.Channel.MessageStream;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.internal.CallersContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The results of a {@link WorkQueue} as a stream, in order of completion. Results that are not
 * asked for wait here; the queue bounds how many these can be. Handlers run on the context that
 * created the stream.
 */
final class ResultStream implements MessageStream, WorkQueue.Results {

  private static final Logger logger = LoggerFactory.getLogger(ResultStream.class);

  /**
   * How long the queue, when it ends, waits to learn which results were handed over, in
   * milliseconds.
   */
  private static final long END_TIMEOUT_MS = 2_000;

  private final Vertx vertx;
  private final Context context;
  private final Context channel;
  private final MessageQueueListener listener;
  private final Source source;
  private final ArrayDeque<Result> buffer = new ArrayDeque<>();
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private volatile @Nullable Handler<JsonObject> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;
  private boolean opened;
  private boolean handing;
  private boolean ended;

  /** The queue behind a stream. Its methods are called on the channel's context. */
  interface Source {
    /** Starts the work. */
    Future<Void> open(ResultStream stream);

    /** Notes that the consumer has these results. */
    void handed(List<WorkItem> items);

    /** Ends the work, because the consumer wants no more results. */
    Future<Void> close();
  }

  ResultStream(Vertx vertx, Context channel, MessageQueueListener listener, Source source) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.channel = channel;
    this.listener = listener;
    this.source = source;
  }

  @Override
  public MessageStream handler(@Nullable Handler<JsonObject> handler) {
    this.handler = handler;
    if (handler != null) {
      context.runOnContext(v -> open());
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
                finish(); // nothing more is handed out from here on
                channel.runOnContext(w -> source.close().onComplete(closed));
              });
          return closed.future();
        });
  }

  private void open() {
    if (opened || ended) {
      return;
    }
    opened = true;
    if (!listener.isRunning()) {
      finish(); // a stopped listener's stream yields nothing
      return;
    }
    channel.runOnContext(v -> source.open(this).onFailure(this::fail));
  }

  // ---- from the channel's context

  @Override
  public void offer(WorkItem item, JsonObject shown) {
    context.runOnContext(
        v -> {
          if (!ended) {
            buffer.addLast(new Result(item, shown));
            handOut();
          }
        });
  }

  @Override
  public Future<Void> end(@Nullable String finalType) {
    Promise<Void> known = Promise.promise();
    long timer = vertx.setTimer(END_TIMEOUT_MS, late -> known.tryComplete());
    context.runOnContext(
        v -> {
          if (!ended && finalType != null) {
            give(new JsonObject().put("event", finalType).putNull("data"));
          }
          finish();
          // Runs after the tasks that told the queue of handed results, which went the same way.
          channel.runOnContext(
              w -> {
                vertx.cancelTimer(timer);
                known.tryComplete();
              });
        });
    return known.future();
  }

  @Override
  public void fail(Throwable failure) {
    context.runOnContext(
        v -> {
          Handler<Throwable> report = exceptionHandler;
          if (!ended && report != null) {
            report.handle(failure);
          }
          finish();
        });
  }

  // ---- on the stream's context

  private void handOut() {
    if (handing || ended) {
      return;
    }
    handing = true;
    List<WorkItem> handed = new ArrayList<>();
    boolean last = false;
    while (demand.get() > 0 && handler != null && !buffer.isEmpty() && !ended) {
      Result result = buffer.removeFirst();
      demand.updateAndGet(left -> left == Long.MAX_VALUE || left == 0 ? left : left - 1);
      handed.add(result.item);
      give(result.shown);
      last = result.item.entry.type().equals(Message.CHANNEL_CLOSED);
    }
    handing = false;
    if (!handed.isEmpty()) {
      channel.runOnContext(v -> source.handed(handed));
    }
    if (last) {
      finish();
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
      logger.error("a handler of results of listener {} failed", listener.id(), e);
    }
  }

  private void finish() {
    if (ended) {
      return;
    }
    ended = true;
    buffer.clear();
    Handler<Void> last = endHandler;
    if (last != null) {
      last.handle(null);
    }
  }

  private record Result(WorkItem item, JsonObject shown) {}
}
