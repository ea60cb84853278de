package io.eric.channel;

import io.eric.Entry;
import io.eric.EricException;
import io.eric.LogFullException;
import io.eric.PayloadTooLargeException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.bus.Command.Publish;
import io.eric.bus.CommandReader;
import io.eric.bus.FromChannel.Outcome;
import io.eric.bus.FromChannel.Published;
import io.eric.log.MessageLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of a channel: gives messages their sequences and puts them into the log. While
 * the store is busy with one append, what arrives grows into the next (group commit), so the order
 * is that of arrival and a slow store sees few, large batches.
 */
final class Appender {

  private static final Logger logger = LoggerFactory.getLogger(Appender.class);

  private final ChannelOptions<?> options;
  private final MessageLog log;
  private final Listeners listeners;
  private final Consumer<List<Entry>> appended;
  private final HeldAcknowledgements acknowledgements;
  private final LongSupplier clock;
  private final KeyWindow keys;
  private List<PendingAppend> queue = new ArrayList<>();
  private boolean appending;
  private int inFlightMessages;
  private long inFlightBytes;

  /**
   * @param appended told of entries as soon as they are readable, before their publishers are
   */
  Appender(
      ChannelOptions<?> options,
      MessageLog log,
      Listeners listeners,
      Consumer<List<Entry>> appended,
      HeldAcknowledgements acknowledgements,
      LongSupplier clock) {
    this.options = options;
    this.log = log;
    this.listeners = listeners;
    this.appended = appended;
    this.acknowledgements = acknowledgements;
    this.clock = clock;
    this.keys = new KeyWindow(options.getKeys(), options.getKeysAge());
  }

  /** Takes the messages of one publisher, in order; answers when every outcome is known. */
  void publish(List<Publish> messages, Consumer<Published> answer) {
    if (messages.isEmpty()) {
      answer.accept(new Published(log.epoch(), List.of()));
      return;
    }
    PendingBatch batch =
        new PendingBatch(
            messages.size(),
            outcomes ->
                acknowledgements.release(
                    () -> answer.accept(new Published(log.epoch(), outcomes))));
    for (int i = 0; i < messages.size(); i++) {
      enqueue(new PendingAppend(messages.get(i), batch, i));
    }
    appendQueued();
  }

  private void enqueue(PendingAppend append) {
    Publish message = append.message;
    try {
      if (message.key() != null && isRepeat(message.key(), append)) {
        return;
      }
      check(message);
    } catch (EricException e) {
      append.complete(new Outcome(0, e.code(), e.text()));
      return;
    }
    if (message.key() != null) {
      keys.begin(message.key(), append);
    }
    inFlightMessages++;
    inFlightBytes += message.size();
    queue.add(append);
  }

  private boolean isRepeat(String key, PendingAppend append) {
    KeyWindow.Known known = keys.find(key, clock.getAsLong());
    if (known == null) {
      return false;
    }
    if (known.pending() != null) {
      known.pending().repeatedBy(append);
    } else {
      append.complete(new Outcome(known.sequence(), 0, null));
    }
    return true;
  }

  private void check(Publish message) {
    CommandReader.checkType(message.type());
    if (message.payload().size() > options.getMaxPayload()) {
      throw new PayloadTooLargeException(
          "the payload has "
              + message.payload().size()
              + " bytes, allowed are "
              + options.getMaxPayload());
    }
    if (message.listener() != null) {
      listeners.get(message.listener());
    }
    if (inFlightMessages >= options.getInFlightMessages()
        || inFlightBytes + message.size() > options.getInFlightBytes()) {
      throw new UnavailableException("too many messages wait for the channel's log");
    }
    if (options.getOverflow() == OverflowPolicy.REJECT) {
      refuseIfFull(message);
    }
  }

  private void refuseIfFull(Publish message) {
    if (isFull(message)) {
      log.trim(listeners, clock.getAsLong());
      if (isFull(message)) {
        throw new LogFullException("the channel's log is full, try again when it has been read");
      }
    }
  }

  private boolean isFull(Publish message) {
    var limit = options.retention();
    int size = Entry.OVERHEAD + message.type().length() + message.payload().size();
    var used = log.usage();
    if (used.messages() + inFlightMessages >= limit.limitMessages()
        || used.bytes() + inFlightBytes + size > limit.limitBytes()) {
      return true;
    }
    return message.listener() != null
        && OwnShare.isExceeded(limit, log.usageOf(message.listener()), size);
  }

  private void appendQueued() {
    while (!appending && !queue.isEmpty()) {
      List<PendingAppend> batch = queue;
      queue = new ArrayList<>();
      List<Entry> entries = new ArrayList<>(batch.size());
      long sequence = log.lastSequence();
      long now = clock.getAsLong();
      for (PendingAppend append : batch) {
        Publish m = append.message;
        entries.add(
            new Entry(++sequence, now, m.listener(), m.type(), m.payload(), m.sender(), m.key()));
      }
      appending = true;
      Future<Void> done = log.append(entries);
      if (done.isComplete()) { // memory: no detour over the event loop
        finish(batch, entries, done);
      } else {
        done.onComplete(
            result -> {
              finish(batch, entries, done);
              appendQueued();
            });
      }
    }
  }

  private void finish(List<PendingAppend> batch, List<Entry> entries, Future<Void> done) {
    appending = false;
    long now = clock.getAsLong();
    for (PendingAppend append : batch) {
      inFlightMessages--;
      inFlightBytes -= append.message.size();
    }
    if (done.failed()) {
      logger.error("append of {} messages failed", batch.size(), done.cause());
      EricException error =
          done.cause() instanceof EricException eric
              ? eric
              : new RepositoryException("the store failed", done.cause());
      for (PendingAppend append : batch) {
        if (append.message.key() != null) {
          keys.failed(append.message.key());
        }
        append.complete(new Outcome(0, error.code(), error.text()));
      }
      return;
    }
    appended.accept(entries);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.key() != null) {
        keys.succeeded(entry.key(), entry.sequence(), now);
      }
      batch.get(i).complete(new Outcome(entry.sequence(), 0, null));
    }
  }
}
