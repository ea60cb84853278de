package io.eric.work;

import io.eric.Ids;
import io.eric.Message;
import io.eric.Payload;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker on the queue of a {@link DataProcessingChannel} that may live in another JVM: a verticle
 * that takes messages over the event bus, processes them on an executor and sends the results back.
 * Deploy as many as you like, in any JVM of the cluster: they compete for the messages. It waits
 * while the queue is not being processed, and goes on after its channel was away for a while. The
 * processor runs on the executor's threads, everything else on the verticle's context.
 *
 * <p>A message that a worker has taken stays with it as long as the worker lives, however long the
 * work takes; if the worker dies, the message goes to another one after the channel's {@code
 * ackTimeout}. A worker that is undeployed takes no more messages and waits for those under way, at
 * most for that time.
 */
public final class DataProcessingWorker extends VerticleBase {

  private static final Logger logger = LoggerFactory.getLogger(DataProcessingWorker.class);

  private static final int TAKE_TIMEOUT_MS = WorkCommands.MAX_WAIT_MS + 5_000;
  private static final int REPORT_TIMEOUT_MS = 5_000;
  private static final int REPORTS = 4;
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final int MOST = 1_000;

  private final String id = Ids.random();
  private final String address;
  private final String listenerId;
  private final int maxWorkers;
  private final Processor processor;
  private final @Nullable ExecutorService executor;
  private final Set<String> underWay = new LinkedHashSet<>();
  private @Nullable WorkPool pool;
  private @Nullable Promise<Void> idle;
  private boolean asking;
  private long pause = FIRST_PAUSE_MS;
  private long lease = 30_000;
  private long renewTimer = -1;

  /**
   * Creates a worker with threads of its own, virtual ones where the JVM has them.
   *
   * @param channelId the channel, which need not exist yet
   * @param listenerId the listener whose queue it processes
   * @param maxWorkers how many messages it processes at once, 1 to 1,000; the channel's {@code
   *     maxLeases} bounds it too
   * @param processor the work, which is called on several threads at once
   * @throws IllegalArgumentException if {@code maxWorkers} is out of range
   * @throws io.eric.InvalidMessageFormatException if an id is malformed
   */
  public DataProcessingWorker(
      String channelId, String listenerId, int maxWorkers, Processor processor) {
    this(channelId, listenerId, maxWorkers, processor, null);
  }

  /**
   * Creates a worker as {@link #DataProcessingWorker(String, String, int, Processor)} does, on this
   * executor, which the caller shuts down after the worker is undeployed; null for threads of its
   * own.
   */
  public DataProcessingWorker(
      String channelId,
      String listenerId,
      int maxWorkers,
      Processor processor,
      @Nullable ExecutorService executor) {
    if (maxWorkers < 1 || maxWorkers > MOST) {
      throw new IllegalArgumentException(
          "maxWorkers is " + maxWorkers + ", it must be 1 to " + MOST);
    }
    this.address = Addresses.channel(Ids.check("channel", channelId));
    this.listenerId = Ids.check("listener", listenerId);
    this.maxWorkers = maxWorkers;
    this.processor = processor;
    this.executor = executor;
  }

  @Override
  public Future<?> start() {
    pool =
        executor == null
            ? WorkPool.own(vertx, "eric-worker-" + id, maxWorkers)
            : WorkPool.of(executor);
    logger.info("worker {} on {} is up", listenerId, address);
    ask();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Promise<Void> finished = Promise.promise();
    idle = finished;
    long timer = vertx.setTimer(lease, late -> finished.tryComplete());
    if (underWay.isEmpty()) {
      finished.tryComplete();
    }
    return finished
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              vertx.cancelTimer(renewTimer);
              if (pool != null) {
                pool.close();
              }
              logger.info("worker {} on {} is down", listenerId, address);
            });
  }

  private boolean isStopping() {
    return idle != null;
  }

  private JsonObject command(String verb) {
    return new JsonObject().put("v", verb).put("r", listenerId).put("worker", id);
  }

  private Future<JsonObject> request(JsonObject command, int timeout) {
    return vertx
        .eventBus()
        .<JsonObject>request(address, command, new DeliveryOptions().setSendTimeout(timeout))
        .map(io.vertx.core.eventbus.Message::body);
  }

  // ---- taking

  private void ask() {
    int free = maxWorkers - underWay.size();
    if (asking || isStopping() || free == 0) {
      return;
    }
    asking = true;
    JsonObject take = command("take").put("max", free).put("wait", WorkCommands.MAX_WAIT_MS);
    request(take, TAKE_TIMEOUT_MS)
        .onSuccess(answer -> take(answer.getJsonObject("result")))
        .onFailure(this::askLater);
  }

  private void take(JsonObject answer) {
    asking = false;
    pause = FIRST_PAUSE_MS;
    lease = answer.getLong("lease");
    renewRegularly();
    for (Object message : answer.getJsonArray("messages")) {
      run((JsonObject) message);
    }
    ask();
  }

  private void askLater(Throwable failure) {
    if (pause == FIRST_PAUSE_MS) {
      logger.warn(
          "worker {} on {} gets no answer, it goes on asking", listenerId, address, failure);
    }
    vertx.setTimer(
        pause,
        timer -> {
          asking = false;
          ask();
        });
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }

  private void renewRegularly() {
    if (renewTimer == -1) {
      renewTimer = vertx.setPeriodic(Math.max(1, lease / 3), timer -> renew());
    }
  }

  private void renew() {
    if (!underWay.isEmpty()) {
      JsonArray ids = new JsonArray(new ArrayList<>(underWay));
      request(command("renew").put("ids", ids), REPORT_TIMEOUT_MS)
          .onFailure(e -> logger.debug("worker {} could not renew", listenerId, e));
    }
  }

  // ---- working

  private void run(JsonObject message) {
    String messageId = message.getString("id");
    underWay.add(messageId);
    if (isStopping()) {
      report(fail(messageId, "the worker stops").put("retry", true), messageId, REPORTS);
      return;
    }
    Message taken =
        new Message(
            message.getString("event"),
            message.getValue("data"),
            message.getString("sender"),
            messageId);
    try {
      if (pool != null) {
        pool.execute(() -> process(taken, messageId));
      }
    } catch (RejectedExecutionException e) {
      report(fail(messageId, "the worker is full").put("retry", true), messageId, REPORTS);
    }
  }

  /** Processes a message, on a thread of the pool. */
  private void process(Message message, String messageId) {
    Future<Message> processed;
    try {
      processed = DataProcessingChannel.processed(processor, message);
    } catch (Throwable e) { // whatever it is, the message gets an outcome
      processed = Future.failedFuture(e);
    }
    processed
        .map(result -> done(messageId, result.payload()))
        .otherwise(e -> fail(messageId, String.valueOf(e.getMessage())))
        .onSuccess(outcome -> context.runOnContext(v -> report(outcome, messageId, REPORTS)));
  }

  /** Makes the report of a result. Throws if the result is no JSON value. */
  private JsonObject done(String messageId, @Nullable Object result) {
    return command("done").put("id", messageId).put("result", Payload.of(result).value());
  }

  private JsonObject fail(String messageId, String why) {
    return command("fail").put("id", messageId).put("message", why);
  }

  /**
   * Reports what became of a message. If the report does not get through, the message goes to
   * another worker when the lease ends.
   */
  private void report(JsonObject outcome, String messageId, int attempts) {
    request(outcome, REPORT_TIMEOUT_MS)
        .onSuccess(
            answer -> {
              if ("late".equals(answer.getValue("result"))) {
                logger.debug("worker {} was late with {}", listenerId, messageId);
              }
              finished(messageId);
            })
        .onFailure(e -> reportAgain(outcome, messageId, attempts - 1, e));
  }

  private void reportAgain(JsonObject outcome, String messageId, int attempts, Throwable failure) {
    boolean refused =
        failure instanceof ReplyException reply
            && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE;
    if (refused && outcome.getString("v").equals("done")) {
      String why = BusClient.asEric(failure, null).getMessage();
      report(fail(messageId, why), messageId, attempts);
    } else if (attempts > 0 && !refused) {
      long wait = FIRST_PAUSE_MS << (REPORTS - attempts);
      vertx.setTimer(wait, timer -> report(outcome, messageId, attempts));
    } else {
      logger.warn("worker {} could not report {}", listenerId, messageId, failure);
      finished(messageId);
    }
  }

  private void finished(String messageId) {
    underWay.remove(messageId);
    Promise<Void> stopping = idle;
    if (stopping != null && underWay.isEmpty()) {
      stopping.tryComplete();
    }
    ask();
  }
}
