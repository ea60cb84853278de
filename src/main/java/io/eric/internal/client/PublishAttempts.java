package io.eric.internal.client;

import io.eric.Ids;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest.PublishBatch;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Gets a batch of messages into a channel's log. It asks the channel, and if no answer comes, asks
 * again until the time is up. This is the only place where a publish is repeated, for all doors and
 * for a channel at any node: everything on the way of an attempt forwards the attempt once.
 *
 * <p>After an attempt without an answer, only a batch whose messages all have keys is repeated,
 * because the channel recognises these messages: a repeat waits for the outcome of the first
 * attempt, and nothing is appended twice. For a channel at another node keys are made up where the
 * publisher gave none. In one JVM they are not, and no batch is repeated: a request between a door
 * and a channel cannot get lost there, but waits in the channel's context, for its store or for its
 * readers, and a repeat would only wait beside it. A batch then gets one attempt that lasts the
 * whole time (docs/decisions/0007). An attempt that certainly reached no handler is repeated for
 * every batch.
 *
 * <p>Time does not run out while a channel of this JVM makes its publishers wait for readers: the
 * channel has the message and will answer.
 *
 * <p>For any thread.
 */
public final class PublishAttempts {

  /**
   * The header of a request to a channel on the event bus; its value is how long its caller still
   * waits, in milliseconds.
   */
  public static final String LEFT_MS = "eric-left-ms";

  /**
   * How much longer than its turn an attempt's answer is accepted: it is as good after the next
   * attempt has begun.
   */
  private static final long LATE_ANSWER_MS = 10_000;

  /**
   * The time-out of a single attempt on the bus. The attempt lasts until the time is up, which may
   * be extended while readers need time.
   */
  private static final long UNLIMITED_MS = TimeUnit.DAYS.toMillis(1);

  private final PublishTimeouts timeouts;
  private final Channels channels;
  private final Timers timers;
  private final Meters meters;
  private final String keyPrefix = "door-" + Ids.random() + '-';
  private final AtomicLong keys = new AtomicLong();

  /** Creates attempts with these time-outs. */
  public PublishAttempts(
      PublishTimeouts timeouts, Channels channels, Timers timers, Meters meters) {
    this.timeouts = timeouts;
    this.channels = channels;
    this.timers = timers;
    this.meters = meters;
  }

  /** The channels as a publish sees them. */
  public interface Channels {

    /** Returns whether a channel may live in another JVM. */
    boolean isFar(String channel);

    /**
     * Returns whether a channel does not answer publishers at this moment because its readers need
     * time.
     */
    boolean waitsForReaders(String channel);

    /**
     * Makes one attempt.
     *
     * @param leftMs how long the publisher still waits, in milliseconds; after that, the attempt is
     *     dropped wherever it is
     * @param answerMs how long an answer is accepted, in milliseconds
     * @return fails as a request on the event bus does
     */
    Future<Published> attempt(String channel, PublishBatch batch, long leftMs, long answerMs);

    /**
     * Finds a channel that an attempt did not reach.
     *
     * @return completes when the channel can be asked again; fails if it cannot
     */
    Future<Void> find(String channel, Throwable unhandled);
  }

  /** Starts timers on the caller's context. */
  @FunctionalInterface
  public interface Timers {

    /** Runs a task once, after this many milliseconds. */
    Loop.Timer after(long ms, Runnable task);

    /** Returns timers of Vert.x. */
    static Timers of(Vertx vertx) {
      return (ms, task) -> {
        long timer = vertx.setTimer(ms, due -> task.run());
        return () -> vertx.cancelTimer(timer);
      };
    }
  }

  /**
   * Publishes a batch.
   *
   * @param timeoutMs how long all attempts together may take, in milliseconds; 0 for the time-out
   *     that was given at creation
   * @return completes where the attempts' answers come; fails with an {@link
   *     io.eric.EricException}. After {@code Unavailable} the outcome is unknown
   */
  public Future<Published> publish(String channel, List<Command.Publish> messages, long timeoutMs) {
    return new Publishing(channel, messages, patience(timeoutMs)).ask();
  }

  /** Waits for the answer to an attempt that has been made and is not repeated. */
  public Future<Published> await(String channel, Future<Published> onlyAttempt) {
    return onlyAttempt.isComplete()
        ? onlyAttempt
        : new Publishing(channel, List.of(), timeouts).await(onlyAttempt);
  }

  private PublishTimeouts patience(long timeoutMs) {
    return timeoutMs == 0
        ? timeouts
        : new PublishTimeouts(Math.min(timeouts.attempt(), timeoutMs), timeoutMs);
  }

  /** One publish with all its attempts. */
  private final class Publishing {
    private final String channel;
    private final PublishTimeouts patience;
    private final long deadline;
    private PublishBatch batch;
    private boolean repeatable;

    /** Whether the latest attempt may have gone to another JVM. */
    private boolean wentFar;

    private final Promise<Published> answer = Promise.promise();

    /** How many attempts were made; only the failure of the latest one counts. */
    private final AtomicInteger attempts = new AtomicInteger();

    /** Set before an attempt, and cleared when the attempt is answered. */
    private volatile Loop.@Nullable Timer timer;

    private Publishing(String channel, List<Command.Publish> messages, PublishTimeouts patience) {
      this.channel = channel;
      this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience.publish());
      this.batch = new PublishBatch(messages);
      this.repeatable = !messages.isEmpty() && haveKeys(messages);
      this.patience = patience;
    }

    private Future<Published> ask() {
      wentFar = channels.isFar(channel);
      if (!repeatable && wentFar) { // perhaps since it was not found here
        batch = new PublishBatch(withKeys(batch.messages()));
        repeatable = true;
      }
      attempts.incrementAndGet();
      long timeout = repeatable && wentFar ? patience.attempt() + LATE_ANSWER_MS : UNLIMITED_MS;
      return await(channels.attempt(channel, batch, leftMs(), timeout));
    }

    private Future<Published> await(Future<Published> attempt) {
      if (!attempt.isComplete()) {
        startTimer();
      }
      int number = attempts.get();
      attempt.onComplete(done -> answered(number, done));
      return answer.future();
    }

    private void startTimer() {
      long left = leftMs();
      long length =
          repeatable && (left <= 0 || left >= patience.attempt())
              ? patience.attempt()
              : left <= 0 ? patience.publish() : left;
      timer = timers.after(length, this::isLate);
    }

    private void stopTimer() {
      Loop.Timer running = timer;
      timer = null;
      if (running != null) {
        running.cancel();
      }
    }

    private void answered(int number, AsyncResult<Published> attempt) {
      if (answer.future().isComplete()) {
        return;
      }
      Throwable failure = attempt.cause();
      if (failure == null) {
        stopTimer();
        answer.tryComplete(attempt.result());
      } else if (number == attempts.get()) { // else a later attempt may succeed, and decides
        failed(failure);
      }
    }

    private void failed(Throwable failure) {
      if (BusReply.isUnhandled(failure)) {
        stopTimer();
        find(failure);
      } else if (!isTimeout(failure)) {
        stopTimer();
        answer.tryFail(BusClient.asEric(failure, channel));
      } // else its timer has noticed
    }

    private void find(Throwable unhandled) {
      timer = timers.after(Math.max(1, leftMs()), () -> answer.tryFail(BusClient.unserved()));
      channels
          .find(channel, unhandled)
          .onComplete(
              found -> {
                stopTimer();
                if (answer.future().isComplete()) {
                  return;
                }
                if (found.failed()) {
                  answer.tryFail(BusClient.asEric(found.cause(), channel));
                } else if (leftMs() > 0) {
                  ask();
                } else {
                  answer.tryFail(BusClient.unserved());
                }
              });
    }

    /** Handles that the running attempt is not answered in time. */
    private void isLate() {
      if (answer.future().isComplete()) {
        return;
      }
      boolean isTimeUp = leftMs() <= 0 && !channels.waitsForReaders(channel);
      if (isTimeUp) {
        answer.tryFail(overdue(patience.publish()));
      } else if (repeatable && (wentFar || channels.isFar(channel))) {
        meters.count(CounterName.ATTEMPTS_REPEATED, batch.messages().size());
        ask();
      } else {
        startTimer();
      }
    }

    private long leftMs() {
      return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
  }

  private UnavailableException overdue(long withinMs) {
    meters.count(CounterName.PUBLISH_TIMEOUTS);
    return new UnavailableException(
        "no answer from the channel within "
            + withinMs
            + " ms, the outcome is unknown: repeat it with the same key");
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT;
  }

  private static boolean haveKeys(List<Command.Publish> messages) {
    for (Command.Publish message : messages) {
      if (message.key() == null) {
        return false;
      }
    }
    return true;
  }

  private List<Command.Publish> withKeys(List<Command.Publish> messages) {
    List<Command.Publish> keyed = new ArrayList<>(messages.size());
    for (Command.Publish m : messages) {
      keyed.add(m.key() != null ? m : m.withKey(keyPrefix + keys.incrementAndGet()));
    }
    return keyed;
  }
}
