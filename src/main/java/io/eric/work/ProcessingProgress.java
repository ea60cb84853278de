package io.eric.work;

import io.vertx.core.json.JsonObject;

/**
 * How far the processing of a queue is; a snapshot. Counters start with {@link
 * DataProcessingChannel#processQueue}.
 *
 * @param done messages processed, those that failed left out
 * @param failed messages that gave an {@code _eric_error}
 * @param redelivered how often a message was taken from one worker for another
 * @param underWay messages that workers have at this moment
 * @param waiting results that the consumer has not taken yet
 * @param pending messages that no worker has had yet; a bound: dispatches to others count
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

  /** As the command {@code progress} and the events show it. */
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
