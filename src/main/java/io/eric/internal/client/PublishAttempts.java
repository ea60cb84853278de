package io.eric.internal.client;

import io.eric.Ids;
import io.eric.UnavailableException;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Gets a batch of messages into a channel's log: asks, and if no answer comes, asks again until
 * time is up. The one place where a publish is repeated.
 *
 * <p>Only a batch whose every message has a key is repeated, because the channel recognises it: a
 * repeat of a publish that is under way waits for the first one's outcome, and nothing is appended
 * twice. For a channel at another node keys are made up where the publisher gave none. In one JVM
 * they are not: a request cannot get lost there between a door and a channel, it waits in the
 * channel's context or for its store, and asking again would only wait beside it; so a batch
 * without keys gets one attempt that lasts the whole time (docs/decisions/0007).
 *
 * <p>Time does not run out while the channel makes its publishers wait for readers: it has the
 * message and will answer.
 */
final class PublishAttempts {

  /** Longer than any reader is waited for; the time-out is our own, because it may be extended. */
  private static final long UNLIMITED_MS = TimeUnit.DAYS.toMillis(1);

  private final Vertx vertx;
  private final PublishTimeouts timeouts;
  private final Predicate<String> isFar;
  private final Predicate<String> waitsForReaders;
  private final Asker asker;
  private final Meters meters;
  private final DeliveryOptions oneOfSeveral;
  private final DeliveryOptions unlimited;
  private final String keyPrefix = "door-" + Ids.random() + '-';
  private final AtomicLong keys = new AtomicLong();

  /**
   * Attempts with these time-outs.
   *
   * @param isFar whether a channel may live in another JVM
   * @param waitsForReaders whether a channel makes its publishers wait for readers at this moment
   * @param asker sends one attempt
   */
  PublishAttempts(
      Vertx vertx,
      PublishTimeouts timeouts,
      Predicate<String> isFar,
      Predicate<String> waitsForReaders,
      Asker asker) {
    this.vertx = vertx;
    this.waitsForReaders = waitsForReaders;
    this.timeouts = timeouts;
    this.isFar = isFar;
    this.asker = asker;
    this.meters = Meters.of(vertx);
    this.oneOfSeveral = LocalCodec.options().setSendTimeout(timeouts.attempt());
    this.unlimited = LocalCodec.options().setSendTimeout(UNLIMITED_MS);
  }

  /** Sends a question to a channel. */
  @FunctionalInterface
  interface Asker {

    /** Fails as the event bus does. */
    Future<Published> ask(String channel, ChannelRequest question, DeliveryOptions options);
  }

  /**
   * Publishes.
   *
   * @return fails with a {@link io.eric.EricException}; {@code Unavailable}: the outcome is unknown
   */
  Future<Published> publish(String channel, List<Command.Publish> messages) {
    boolean repeatable = haveKeys(messages);
    List<Command.Publish> sent = messages;
    if (!repeatable && isFar.test(channel)) {
      sent = withKeys(messages);
      repeatable = true;
    }
    ChannelRequest.PublishBatch batch = new ChannelRequest.PublishBatch(sent);
    return repeatable
        ? attempt(channel, batch, oneOfSeveral, System.nanoTime())
        : new OnlyAttempt(channel).ask(batch);
  }

  private Future<Published> attempt(
      String channel, ChannelRequest.PublishBatch batch, DeliveryOptions options, long startedNs) {
    return asker
        .ask(channel, batch, options)
        .recover(
            e -> {
              long left =
                  timeouts.publish() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs);
              boolean timeIsUp = left <= 0 && !waitsForReaders.test(channel);
              if (!isTimeout(e) || timeIsUp) {
                return Future.failedFuture(givenUp(e, channel));
              }
              meters.count(CounterName.ATTEMPTS_REPEATED, batch.messages().size());
              DeliveryOptions next =
                  left <= 0 || left >= timeouts.attempt()
                      ? oneOfSeveral
                      : LocalCodec.options().setSendTimeout(left);
              return attempt(channel, batch, next, startedNs);
            });
  }

  private Throwable givenUp(Throwable failure, String channel) {
    return isTimeout(failure) ? overdue() : BusClient.asEric(failure, channel);
  }

  /** What a publish fails with that nobody has answered in time. */
  UnavailableException overdue() {
    meters.count(CounterName.PUBLISH_TIMEOUTS);
    return new UnavailableException(
        "no answer from the channel within "
            + timeouts.publish()
            + " ms, the outcome is unknown: repeat it with the same key");
  }

  /** An attempt that is not repeated, and may take as long as all together. */
  private final class OnlyAttempt {
    private final String channel;
    private final Promise<Published> answer = Promise.promise();
    private long timer;

    private OnlyAttempt(String channel) {
      this.channel = channel;
    }

    private Future<Published> ask(ChannelRequest.PublishBatch batch) {
      startTimer();
      asker
          .ask(channel, batch, unlimited)
          .onComplete(
              published -> {
                vertx.cancelTimer(timer);
                if (published.succeeded()) {
                  answer.tryComplete(published.result());
                } else {
                  answer.tryFail(givenUp(published.cause(), channel));
                }
              });
      return answer.future();
    }

    private void startTimer() {
      timer = vertx.setTimer(timeouts.publish(), due -> timeIsUp());
    }

    private void timeIsUp() {
      if (waitsForReaders.test(channel)) {
        startTimer();
      } else {
        answer.tryFail(overdue());
      }
    }
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.TIMEOUT
        && !BusReply.isUnhandled(reply);
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
