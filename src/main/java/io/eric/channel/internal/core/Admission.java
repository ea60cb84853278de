package io.eric.channel.internal.core;

import io.eric.EricException;
import io.eric.Message;
import io.eric.PayloadTooLargeException;
import io.eric.UnavailableException;
import io.eric.channel.internal.overflow.InFlight;
import io.eric.channel.internal.overflow.Overflow;
import io.eric.channel.internal.readers.Listeners;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.Command.Publish;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which messages a channel accepts. A message that is malformed, too large or beyond a
 * bound is refused at once. A message with a known key is a repeat, and gets the outcome of the
 * first one; repeats are counted apart from the messages, each key once among those.
 */
final class Admission {

  private final ChannelOptions<?> options;

  /** The size of the whole log, which one message must not exceed. */
  private final long logBytes;

  private final Listeners listeners;
  private final Overflow overflow;
  private final KeyWindow keys;
  private final Meters meters;
  private final LongSupplier clock;

  /** The messages that are not acknowledged yet. */
  private final InFlight inFlight = InFlight.inAll();

  /** The messages that are not in the log yet. */
  private final InFlight queued;

  /** The reason why nothing is admitted any more; null while messages are admitted. */
  private @Nullable EricException refusal;

  /**
   * Creates an admission that knows these keys already.
   *
   * @param clock the time in milliseconds
   */
  Admission(
      ChannelOptions<?> options,
      Listeners listeners,
      Overflow overflow,
      KeyWindow keys,
      Meters meters,
      LongSupplier clock) {
    this.options = options;
    this.logBytes = options.retention().limitBytes();
    this.listeners = listeners;
    this.overflow = overflow;
    this.keys = keys;
    this.meters = meters;
    this.clock = clock;
    this.queued = overflow.countsReceivers() ? InFlight.byReceiver() : InFlight.inAll();
  }

  /**
   * Answers a message that is refused or that repeats an earlier one.
   *
   * @param taken counts the messages of the publisher's batch that are in flight
   * @param own whether the message is the hub's own, whose type publishers may not use
   * @return whether the message is to be appended
   */
  boolean admit(PendingAppend append, InFlight taken, boolean own) {
    Publish message = append.message;
    long size = append.size();
    try {
      if (refusal != null) {
        throw refusal;
      }
      if (!own && !isReport(message)) {
        CommandReader.checkType(message.type());
      }
      KeyWindow.Known first =
          message.key() == null ? null : keys.find(message.key(), clock.getAsLong());
      checkBounds(size, first != null);
      if (first == null) {
        check(message, size);
        if (message.key() != null) {
          keys.begin(message.key(), append);
        }
        queued.add(message.listener(), size);
        inFlight.add(null, size);
        taken.add(null, size);
      } else {
        // Counted before it is answered, because the answer to its batch subtracts it again.
        inFlight.addRepeat(size);
        taken.addRepeat(size);
        repeat(first, append);
      }
      return first == null;
    } catch (EricException e) {
      meters.count(reason(e));
      append.complete(new Outcome(0, e.code(), e.text()));
      return false;
    }
  }

  /**
   * Checks that one more message may be in flight. Messages fill the bounds at most once, whatever
   * repeats there are, because publishers must not be refused for the repeats of others. With
   * repeats the bounds may be taken up to twice, because a refusal would contradict a first attempt
   * that is still appended; so there is room for a repeat of each message.
   */
  private void checkBounds(long size, boolean isRepeat) {
    long messages = inFlight.messages();
    long bytes = inFlight.bytes() + size;
    if (isRepeat) {
      messages += inFlight.repeats() - options.getInFlightMessages();
      bytes += inFlight.repeatBytes() - options.getInFlightBytes();
    }
    if (messages >= options.getInFlightMessages() || bytes > options.getInFlightBytes()) {
      throw new UnavailableException("too many messages of this channel are under way");
    }
  }

  private static CounterName reason(EricException refusal) {
    return switch (refusal.code()) {
      case 413 -> CounterName.REFUSED_TOO_LARGE;
      case 429 -> CounterName.REFUSED_LOG_FULL;
      case 503 -> CounterName.REFUSED_IN_FLIGHT;
      default -> CounterName.REFUSED_INVALID;
    };
  }

  /** Admits nothing from now on. */
  void close(EricException reason) {
    refusal = reason;
  }

  /** Subtracts messages whose publisher has its answer. */
  void answered(InFlight taken) {
    inFlight.subtract(taken);
  }

  /** Subtracts an admitted message that is in the log, or was given up. */
  void leftQueue(PendingAppend append) {
    queued.subtract(append.message.listener(), append.size());
  }

  /** Returns the messages that are not in the log yet. */
  InFlight queued() {
    return queued;
  }

  /** Returns the messages that are not acknowledged yet. */
  InFlight inFlight() {
    return inFlight;
  }

  /**
   * Returns whether a listener reports to another one that it could not process the other's
   * message.
   */
  private static boolean isReport(Publish message) {
    return message.type().equals(Message.ERROR)
        && message.sender() != null
        && message.listener() != null;
  }

  private void repeat(KeyWindow.Known first, PendingAppend append) {
    meters.count(CounterName.REPEATED);
    if (first.pending() != null) {
      first.pending().repeatedBy(append);
    } else {
      append.complete(new Outcome(first.sequence(), 0, null));
    }
  }

  private void check(Publish message, long size) {
    if (message.payload().size() > options.getMaxPayload()) {
      throw new PayloadTooLargeException(
          "the payload has "
              + message.payload().size()
              + " bytes, allowed are "
              + options.getMaxPayload());
    }
    if (size > logBytes) {
      throw new PayloadTooLargeException(
          "the message takes " + size + " bytes, the whole log of this channel has " + logBytes);
    }
    if (message.listener() != null) {
      listeners.get(message.listener());
    }
    overflow.admit(message, queued, size);
  }
}
