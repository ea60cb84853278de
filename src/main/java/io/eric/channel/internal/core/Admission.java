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
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which messages a channel takes: what is malformed, too large, or beyond a bound is
 * answered at once, and so is a repeat of a message that is known by its key.
 */
final class Admission {

  private final ChannelOptions<?> options;
  private final Listeners listeners;
  private final Overflow overflow;
  private final KeyWindow keys;
  private final Meters meters;
  private final LongSupplier clock;

  /** What is not acknowledged yet. */
  private final InFlight inFlight = InFlight.inAll();

  /** What is not in the log yet. */
  private final InFlight queued;

  /** Why nothing is admitted any more. */
  private @Nullable EricException refusal;

  /**
   * An admission that knows these keys already.
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
    this.listeners = listeners;
    this.overflow = overflow;
    this.keys = keys;
    this.meters = meters;
    this.clock = clock;
    this.queued = overflow.countsReceivers() ? InFlight.byReceiver() : InFlight.inAll();
  }

  /**
   * Answers what is refused and what repeats.
   *
   * @return whether it is to be appended
   */
  boolean admit(PendingAppend append, InFlight taken, boolean own) {
    Publish message = append.message;
    long size = size(message);
    try {
      if (refusal != null) {
        throw refusal;
      }
      if (!own && !isReport(message)) {
        CommandReader.checkType(message.type());
      }
      if (inFlight.messages() >= options.getInFlightMessages()
          || inFlight.bytes() + size > options.getInFlightBytes()) {
        throw new UnavailableException("too many messages of this channel are under way");
      }
      KeyWindow.Known first =
          message.key() == null ? null : keys.find(message.key(), clock.getAsLong());
      if (first == null) {
        check(message);
        if (message.key() != null) {
          keys.begin(message.key(), append);
        }
        queued.add(message.listener(), size);
      }
      // Before a repeat is answered, since the answer to its batch takes it off again.
      inFlight.add(null, size);
      taken.add(null, size);
      if (first != null) {
        repeat(first, append);
      }
      return first == null;
    } catch (EricException e) {
      meters.count(reason(e));
      append.complete(new Outcome(0, e.code(), e.text()));
      return false;
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

  /** A publisher has its answer for these. */
  void answered(InFlight taken) {
    inFlight.subtract(taken);
  }

  /** A message that was admitted is in the log, or is given up. */
  void leftQueue(PendingAppend append) {
    queued.subtract(append.message.listener(), size(append.message));
  }

  /** What is not in the log yet. */
  InFlight queued() {
    return queued;
  }

  /** What is not acknowledged yet. */
  InFlight inFlight() {
    return inFlight;
  }

  /** What one listener tells another: that it could not process the other's message. */
  private static boolean isReport(Publish message) {
    return message.type().equals(Message.ERROR)
        && message.sender() != null
        && message.listener() != null;
  }

  /** What a message will count for in the log. */
  private static long size(Publish message) {
    return (long) Entry.OVERHEAD + message.type().length() + message.payload().size();
  }

  private void repeat(KeyWindow.Known first, PendingAppend append) {
    meters.count(CounterName.REPEATED);
    if (first.pending() != null) {
      first.pending().repeatedBy(append);
    } else {
      append.complete(new Outcome(first.sequence(), 0, null));
    }
  }

  private void check(Publish message) {
    if (message.payload().size() > options.getMaxPayload()) {
      throw new PayloadTooLargeException(
          "the payload has "
              + message.payload().size()
              + " bytes, allowed are "
              + options.getMaxPayload());
    }
    if (size(message) > options.retention().limitBytes()) {
      throw new PayloadTooLargeException(
          "the message takes "
              + size(message)
              + " bytes, the whole log of this channel has "
              + options.retention().limitBytes());
    }
    if (message.listener() != null) {
      listeners.get(message.listener());
    }
    overflow.admit(message, queued, size(message));
  }
}
