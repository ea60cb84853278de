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
 * Gets a batch of messages into a channel's log: asks, and if no answer comes, asks again until
 * time is up. This is the one place where a publish is repeated, for all doors and for a channel on
 * any node: what stands on the way of an attempt forwards it once.
 *
 * <p>Only a batch whose every message has a key is repeated, because the channel recognises such a
 * message: a repeat of a publish that is under way waits for the first one's outcome, and nothing
 * is appended twice. For a channel at another node keys are made up where the publisher gave none.
 * In one JVM they are not: a request cannot get lost there between a door and a channel, it waits
 * in the channel's context or for its store, and asking again would only wait beside it. A batch
 * without keys therefore gets one attempt that lasts the whole time (docs/decisions/0007).
 *
 * <p>Time does not run out while the channel makes its publishers wait for readers: the channel has
 * the message and will answer.
 *
 * <p>For any thread.
 */
public final class PublishAttempts {

  /** Header of an attempt on the event bus: how long its publisher still waits, in milliseconds. */
  public static final String LEFT_MS = "eric-left-ms";

  /** An attempt's answer may come after the next attempt has begun, and is good then, too. */
  private static final long LATE_ANSWER_MS = 10_000;

  /** A single attempt lasts until time is up, which may be extended while readers need time. */
  private static final long UNLIMITED_MS = TimeUnit.DAYS.toMillis(1);

  private final PublishTimeouts timeouts;
  private final Channels channels;
  private final Timers timers;
  private final Meters meters;
  private final String keyPrefix = "door-" + Ids.random() + '-';
  private final AtomicLong keys = new AtomicLong();

  /** Attempts with these time-outs. */
  public PublishAttempts(
      PublishTimeouts timeouts, Channels channels, Timers timers, Meters meters) {
    this.timeouts = timeouts;
    this.channels = channels;
    this.timers = timers;
    this.meters = meters;
  }

  /** The channels, as a publish sees them. */
  public interface Channels {

    /** Whether a channel may live in another JVM. */
    boolean isFar(String channel);

    /**
     * Whether a channel does not answer publishers at this moment because its readers need time.
     */
    boolean waitsForReaders(String channel);

    /**
     * Makes one attempt.
     *
     * @param leftMs how long the publisher still waits: after that, what is on the way forgets it
     * @param answerMs how long an answer is of use
     * @return fails as a request on the event bus does
     */
    Future<Published> attempt(String channel, PublishBatch batch, long leftMs, long answerMs);

    /**
     * Finds out where a channel is that an attempt did not reach.
     *
     * @return completed when it can be asked again, failed if it cannot
     */
    Future<Void> find(String channel, Throwable unhandled);
  }

  /** Starts timers, on the caller's context. */
  @FunctionalInterface
  public interface Timers {

    /** Runs a task once, after this number of milliseconds. */
    Loop.Timer after(long ms, Runnable task);

    /** Timers of Vert.x. */
    static Timers of(Vertx vertx) {
      return (ms, task) -> {
        long timer = vertx.setTimer(ms, due -> task.run());
        return () -> vertx.cancelTimer(timer);
      };
    }
  }

  /**
   * Publishes.
   *
   * @param timeoutMs how long it may take together; 0 for what this was made with
   * @return completes where the attempts' answers come; fails with a {@link io.eric.EricException};
   *     {@code Unavailable}: the outcome is unknown
   */
  public Future<Published> publish(String channel, List<Command.Publish> messages, long timeoutMs) {
    return new Publishing(channel, messages, patience(timeoutMs)).ask();
  }

  /** Waits for the answer to an attempt that was made already and will not be repeated. */
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
      if (!repeatable && channels.isFar(channel)) { // perhaps since it was not found here
        batch = new PublishBatch(withKeys(batch.messages()));
        repeatable = true;
      }
      attempts.incrementAndGet();
      long timeout = repeatable ? patience.attempt() + LATE_ANSWER_MS : UNLIMITED_MS;
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
      channels
          .find(channel, unhandled)
          .onSuccess(
              found -> {
                if (leftMs() > 0) {
                  ask();
                } else {
                  answer.tryFail(BusClient.unserved());
                }
              })
          .onFailure(e -> answer.tryFail(BusClient.asEric(e, channel)));
    }

    /** The running attempt is not answered in time. */
    private void isLate() {
      if (answer.future().isComplete()) {
        return;
      }
      boolean isTimeUp = leftMs() <= 0 && !channels.waitsForReaders(channel);
      if (isTimeUp) {
        answer.tryFail(overdue(patience.publish()));
      } else if (repeatable) {
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
