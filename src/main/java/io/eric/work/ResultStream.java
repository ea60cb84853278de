package io.eric.work;

import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.internal.client.DemandedStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a {@link WorkQueue} as a stream, in order of completion. Results that are not
 * asked for wait here; the queue bounds how many these can be. Handlers run on the context that
 * created the stream.
 */
final class ResultStream extends DemandedStream<JsonObject> implements WorkQueue.Results {

  /**
   * How long the queue, when it ends, waits to learn which results were handed over, in
   * milliseconds.
   */
  private static final long END_TIMEOUT_MS = 2_000;

  private final Context channel;
  private final MessageQueueListener listener;
  private final Source source;
  private final ArrayDeque<Result> buffer = new ArrayDeque<>();
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
    super(vertx, "results of listener " + listener.id());
    this.channel = channel;
    this.listener = listener;
    this.source = source;
  }

  @Override
  protected Future<Void> closed() {
    finish(); // nothing more is handed out from here on
    Promise<Void> closed = Promise.promise();
    // In a later turn, so that the queue is told first which results a running hand-out gave.
    context.runOnContext(turn -> channel.runOnContext(v -> source.close().onComplete(closed)));
    return closed.future();
  }

  @Override
  protected void open() {
    if (opened || ended) {
      return;
    }
    opened = true;
    if (!listener.isRunning()) {
      finish(); // a stopped listener's stream yields nothing
      return;
    }
    endWithVerticle();
    channel.runOnContext(
        v ->
            source
                .open(this)
                .onSuccess(opened -> context.runOnContext(w -> reportAttached()))
                .onFailure(this::fail));
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
            giveUnasked(new JsonObject().put("event", finalType).putNull("data"));
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
          if (!ended) {
            report(failure);
          }
          finish();
        });
  }

  // ---- on the stream's context

  @Override
  protected void handOut() {
    if (handing || ended) {
      return;
    }
    handing = true;
    List<WorkItem> handed = new ArrayList<>();
    boolean last = false;
    while (isDemanded() && !buffer.isEmpty() && !ended) {
      Result result = buffer.removeFirst();
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

  private void finish() {
    if (ended) {
      return;
    }
    ended = true;
    buffer.clear();
    reportEnd();
  }

  private record Result(WorkItem item, JsonObject shown) {}
}
