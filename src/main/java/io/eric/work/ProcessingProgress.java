package io.eric.work;

import io.vertx.core.json.JsonObject;

/**
 * A snapshot of how far the processing of a queue is. Counters start at 0 with {@link
 * DataProcessingChannel#processQueue}. Any thread may use it, because it is immutable.
 *
 * @param done messages that were processed, without those that failed
 * @param failed messages that gave an {@code _eric_error}
 * @param redelivered how often a message was taken from one worker for another
 * @param underWay messages that workers have at this moment
 * @param waiting results that the consumer has not taken yet
 * @param pending messages that wait for a worker; an upper bound, because dispatches to other
 *     listeners may count too
 * @param rate messages done or failed per second, over the last 10 seconds
 * @param open whether the queue is being processed
 */
public record ProcessingProgress(
    long done,
    long failed,
    long redelivered,
    int underWay,
    int waiting,
    long pending,
    double rate,
    boolean open) {

  /** Returns the progress as the command {@code progress} and the events show it. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("done", done)
        .put("failed", failed)
        .put("redelivered", redelivered)
        .put("underWay", underWay)
        .put("waiting", waiting)
        .put("pending", pending)
        .put("rate", rate)
        .put("open", open);
  }
}
