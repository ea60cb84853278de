package io.eric.work;

import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.PayloadTooLargeException;
import io.eric.UnavailableException;
import io.eric.options.DataProcessingChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows which worker on the event bus has which message of a queue, and for how long. A worker that
 * neither finishes a message nor renews its lease in time loses the message to another worker. This
 * class is used on the channel's context.
 */
final class Leases {

  /** How many requests may wait for messages. */
  private static final int MAX_TAKERS = 1_000;

  private final Vertx vertx;
  private final WorkQueue queue;
  private final int maxLeases;
  private final int maxPayload;
  private final long duration;
  private final LongSupplier clock;

  /**
   * The leased messages by sequence, in the order in which their leases end: all leases are equally
   * long, and a renewed one moves to the end.
   */
  private final Map<Long, WorkItem> leased = new LinkedHashMap<>();

  private final Map<String, Integer> held = new HashMap<>();
  private long timer = -1;

  Leases(Vertx vertx, WorkQueue queue, DataProcessingChannelOptions options, LongSupplier clock) {
    this.vertx = vertx;
    this.queue = queue;
    this.maxLeases = options.getMaxLeases();
    this.maxPayload = options.getMaxPayload();
    this.duration = options.getAckTimeout();
    this.clock = clock;
  }

  /**
   * Gives a worker messages, waiting for the first one.
   *
   * @param wait how long it waits at most, in milliseconds
   * @return the answer to {@code take}, without messages if there were none in time
   */
  Future<JsonObject> take(String worker, int max, long wait) {
    if (queue.takers() >= MAX_TAKERS) {
      throw new UnavailableException(MAX_TAKERS + " workers are waiting, no more can");
    }
    RemoteTaker taker = new RemoteTaker(worker, max);
    queue.take(taker);
    if (!taker.answer.future().isComplete()) {
      if (wait == 0) {
        taker.giveUp();
      } else {
        taker.timer = vertx.setTimer(wait, late -> taker.giveUp());
      }
    }
    return taker.answer.future();
  }

  /**
   * Finishes a message that a worker has processed.
   *
   * @param result the new payload, or {@link #SAME}
   * @return false if the worker no longer has the message; then nothing happens
   */
  boolean done(String worker, String id, @Nullable Object result) {
    WorkItem item = find(worker, id);
    if (item == null) {
      return false;
    }
    Message message = queue.message(item);
    if (result != SAME) {
      int size = Payload.of(result).size();
      if (size > maxPayload) {
        throw new PayloadTooLargeException(
            "the result has " + size + " bytes, allowed are " + maxPayload);
      }
      message = new Message(message.type(), result, message.sender(), message.id());
    }
    release(item);
    queue.done(item, message);
    return true;
  }

  /** Stands for a result that is the payload which the message had. */
  static final Object SAME = new Object();

  /**
   * Finishes or takes back a message that a worker could not process.
   *
   * @param again whether another worker may try
   * @return false if the worker no longer has the message; then nothing happens
   */
  boolean failed(String worker, String id, String message, boolean again) {
    WorkItem item = find(worker, id);
    if (item == null) {
      return false;
    }
    release(item);
    Exception failure = new WorkerException(message);
    if (again) {
      queue.lost(item, failure);
    } else {
      queue.failed(item, failure);
    }
    return true;
  }

  /**
   * Prolongs leases.
   *
   * @param ids the ids of the messages, or null for all that the worker has
   * @return how many leases were prolonged
   */
  int renew(String worker, @Nullable List<String> ids) {
    List<WorkItem> items =
        ids == null
            ? leased.values().stream().filter(item -> worker.equals(item.worker)).toList()
            : ids.stream().map(id -> find(worker, id)).filter(item -> item != null).toList();
    for (WorkItem item : items) {
      leased.remove(item.sequence());
      leased.put(item.sequence(), item);
      item.deadline = clock.getAsLong() + duration;
    }
    watch();
    return items.size();
  }

  void close() {
    leased.clear();
    held.clear();
    watch();
  }

  private @Nullable WorkItem find(String worker, String id) {
    WorkItem item = leased.get(queue.sequenceOf(id));
    return item != null && worker.equals(item.worker) ? item : null;
  }

  private void lease(WorkItem item, String worker) {
    item.worker = worker;
    item.deadline = clock.getAsLong() + duration;
    leased.put(item.sequence(), item);
    held.merge(worker, 1, Integer::sum);
    watch();
  }

  private void release(WorkItem item) {
    leased.remove(item.sequence());
    String worker = item.worker;
    item.worker = null;
    if (worker != null) {
      held.computeIfPresent(worker, (id, count) -> count == 1 ? null : count - 1);
    }
    watch();
  }

  /**
   * Keeps one timer, for the lease that ends first. It may fire early, because that lease may be
   * renewed meanwhile, but never late.
   */
  private void watch() {
    if (leased.isEmpty()) {
      if (timer != -1) {
        vertx.cancelTimer(timer);
        timer = -1;
      }
    } else if (timer == -1) {
      long first = leased.values().iterator().next().deadline;
      timer =
          vertx.setTimer(
              Math.max(1, first - clock.getAsLong()),
              now -> {
                timer = -1;
                expire();
              });
    }
  }

  private void expire() {
    long now = clock.getAsLong();
    for (WorkItem item : List.copyOf(leased.values())) {
      if (item.deadline > now) {
        break;
      }
      release(item);
      queue.lost(
          item,
          new ReplyException(
              ReplyFailure.TIMEOUT,
              "no worker has finished it, " + item.deliveries + " have had it"));
    }
    watch();
  }

  /** A worker's request for messages. */
  private final class RemoteTaker implements WorkTaker {
    private final String worker;
    private final int max;
    private final Promise<JsonObject> answer = Promise.promise();
    private long timer = -1;

    private RemoteTaker(String worker, int max) {
      this.worker = worker;
      this.max = max;
    }

    @Override
    public int wants() {
      return Math.min(max, maxLeases - held.getOrDefault(worker, 0));
    }

    @Override
    public void give(List<WorkItem> items) {
      if (timer != -1) {
        vertx.cancelTimer(timer);
      }
      JsonArray messages = new JsonArray();
      for (WorkItem item : items) {
        lease(item, worker);
        messages.add(body(item));
      }
      answer.complete(answer(messages, duration));
    }

    private void giveUp() {
      timer = -1;
      queue.leave(this);
      answer.complete(answer(new JsonArray(), duration));
    }
  }

  private JsonObject body(WorkItem item) {
    JsonObject body =
        new JsonObject()
            .put("event", item.entry.type())
            .put("data", item.entry.payload().value())
            .put("id", queue.id(item))
            .put("delivery", item.deliveries);
    if (item.entry.sender() != null) {
      body.put("sender", item.entry.sender());
    }
    return body;
  }

  /** Makes the answer to {@code take}. */
  static JsonObject answer(JsonArray messages, long lease) {
    return new JsonObject().put("messages", messages).put("lease", lease);
  }

  /** Checks a worker's id. */
  static String checkedWorker(@Nullable String worker) {
    if (!Ids.isValid(worker)) {
      throw new InvalidMessageFormatException(
          "worker must be an id of 1 to 128 characters out of A-Z a-z 0-9 . _ ~ -");
    }
    return java.util.Objects.requireNonNull(worker);
  }

  /** The failure that a worker has reported. */
  private static final class WorkerException extends Exception {
    private static final long serialVersionUID = 1L;

    private WorkerException(String message) {
      super(message, null, false, false);
    }
  }
}
