package io.eric.channel.internal.core;

import io.eric.EricException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.channel.internal.overflow.AckGate;
import io.eric.channel.internal.overflow.Overflow;
import io.eric.channel.internal.overflow.PublisherBrake;
import io.eric.channel.internal.readers.Fanout;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts admitted messages into the log, in order. Messages that arrive while the store is busy with
 * one append go into the next one together, so a slow store sees few, large batches.
 */
final class GroupCommit {

  private static final Logger logger = LoggerFactory.getLogger(GroupCommit.class);

  private final MessageLog log;
  private final Listeners listeners;
  private final Overflow overflow;
  private final PublisherBrake brake;
  private final AckGate acknowledgements;
  private final Admission admission;
  private final KeyWindow keys;
  private final Fanout fanout;
  private final LogTrimming trimming;
  private final Meters meters;
  private final LongSupplier clock;
  private List<PendingAppend> queue = new ArrayList<>();
  private boolean appending;
  private String lastType = "";
  private boolean waitsForReaders;

  /** The answer to messages that would have to wait for readers; null while messages may wait. */
  private @Nullable EricException insteadOfWaiting;

  private @Nullable Promise<Void> leaving;

  /**
   * Creates a group commit of the messages that an admission admits.
   *
   * @param fanout gets entries as soon as they are readable, before their publishers are answered
   * @param clock the time in milliseconds
   */
  GroupCommit(
      MessageLog log,
      Listeners listeners,
      Overflow overflow,
      PublisherBrake brake,
      AckGate acknowledgements,
      Admission admission,
      KeyWindow keys,
      Fanout fanout,
      LogTrimming trimming,
      Meters meters,
      LongSupplier clock) {
    this.log = log;
    this.listeners = listeners;
    this.overflow = overflow;
    this.brake = brake;
    this.acknowledgements = acknowledgements;
    this.admission = admission;
    this.keys = keys;
    this.fanout = fanout;
    this.trimming = trimming;
    this.meters = meters;
    this.clock = clock;
  }

  /** Appends these messages after those that came before. */
  void add(List<PendingAppend> admitted) {
    if (nothingWaits() && room(admitted) >= admitted.size()) {
      if (!admitted.isEmpty()) {
        append(admitted);
      }
    } else {
      queue.addAll(admitted);
    }
    appendQueued();
  }

  /** Returns whether messages that come now may be appended at once. */
  private boolean nothingWaits() {
    return queue.isEmpty() && !appending && !waitsForReaders;
  }

  /**
   * Ends after the append that is under way. Nothing may be added any more.
   *
   * @param refusal the answer to the messages that wait; null if they still go into the log, unless
   *     they wait for readers
   * @param waiting the answer to the messages that wait for readers, or would have to later
   * @return completed when the last append is done
   */
  Future<Void> leave(@Nullable EricException refusal, EricException waiting) {
    Promise<Void> done = Promise.promise();
    leaving = done;
    insteadOfWaiting = waiting;
    if (refusal != null) {
      refuseQueued(refusal);
    } else if (waitsForReaders) {
      refuseQueued(waiting);
    }
    completeIfIdle();
    return done.future();
  }

  /**
   * Refuses the messages that are not on their way to the store yet, and those that would have to
   * wait for readers from now on.
   */
  void close(EricException reason) {
    insteadOfWaiting = reason;
    refuseQueued(reason);
  }

  private void refuseQueued(EricException reason) {
    List<PendingAppend> refused = queue;
    queue = new ArrayList<>();
    fail(refused, reason);
  }

  private void completeIfIdle() {
    if (leaving != null && !appending && queue.isEmpty()) {
      leaving.tryComplete();
    }
  }

  /**
   * Appends the messages that wait, as far as the log may grow. Called again when the store is
   * free, and when readers have made room.
   */
  private void appendQueued() {
    while (!appending && !waitsForReaders && !queue.isEmpty()) {
      int room = room(queue);
      if (room == 0 && insteadOfWaiting != null) {
        refuseQueued(insteadOfWaiting); // the gate is closed, and would call back at once
        return;
      }
      if (room == 0) {
        waitsForReaders = true;
        acknowledgements.release(
            () -> {
              waitsForReaders = false;
              appendQueued();
            });
        return;
      }
      List<PendingAppend> batch = queue;
      queue = new ArrayList<>();
      if (room < batch.size()) {
        queue.addAll(batch.subList(room, batch.size()));
        batch = List.copyOf(batch.subList(0, room));
      }
      append(batch);
    }
  }

  private int room(List<PendingAppend> waiting) {
    if (waiting.isEmpty()) {
      return 0;
    }
    int room = overflow.room(waiting, admission.queued().bytes());
    // While publishers are not slowed down there is nothing to wait for, so at least one message
    // goes on: the reader that it would have waited for has just turned out to be stuck.
    return room == 0 && !brake.getAsBoolean() ? 1 : room;
  }

  private void append(List<PendingAppend> batch) {
    List<Entry> entries = new ArrayList<>(batch.size());
    long sequence = log.lastSequence();
    long now = clock.getAsLong();
    for (PendingAppend append : batch) {
      Publish m = append.message;
      String receiver = m.listener() == null ? null : kept(m.listener());
      entries.add(new Entry(++sequence, now, receiver, kept(m), m.payload(), m.sender(), m.key()));
    }
    appending = true;
    Future<Void> done = appended(entries);
    if (done.isComplete()) { // as in memory: no detour over the event loop
      finish(batch, entries, done);
    } else {
      done.onComplete(
          result -> {
            finish(batch, entries, done);
            appendQueued();
            completeIfIdle();
          });
    }
  }

  /**
   * Returns the listener's own copy of its id, so that all entries in the log share one string:
   * each request brings a copy of its own.
   */
  private String kept(String receiver) {
    Listener listener = listeners.find(receiver);
    return listener == null ? receiver : listener.id;
  }

  /** Returns a shared copy of the message's type, which seldom changes from message to message. */
  private String kept(Publish message) {
    if (!message.type().equals(lastType)) {
      lastType = message.type();
    }
    return lastType;
  }

  /**
   * Appends to the store. If a user's own store throws, the append has failed and the channel goes
   * on.
   */
  private Future<Void> appended(List<Entry> entries) {
    try {
      return log.append(entries);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void finish(List<PendingAppend> batch, List<Entry> entries, Future<Void> done) {
    appending = false;
    if (done.failed()) {
      meters.count(CounterName.REFUSED_STORE, batch.size());
      fail(batch, reasonOf(done.cause(), batch.size()));
      return;
    }
    batch.forEach(admission::leftQueue);
    long now = clock.getAsLong();
    meters.count(CounterName.PUBLISHED, entries.size());
    announce(entries);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.key() != null) {
        keys.succeeded(entry.key(), entry.sequence(), now);
      }
      batch.get(i).complete(new Outcome(entry.sequence(), 0, null));
    }
  }

  /**
   * Passes entries on. If this throws, for example from a user's own store, the messages are in the
   * log nevertheless, and their publishers are answered.
   */
  private void announce(List<Entry> entries) {
    try {
      fanout.add(entries);
      trimming.appended(entries);
    } catch (RuntimeException e) {
      logger.error("the channel could not pass on or trim after an append", e);
    }
  }

  private static EricException reasonOf(Throwable cause, int messages) {
    if (cause instanceof UnavailableException unavailable) {
      logger.debug("append of {} messages failed: {}", messages, unavailable.getMessage());
      return unavailable;
    }
    logger.error("append of {} messages failed", messages, cause);
    return RepositoryException.of(cause);
  }

  private void fail(List<PendingAppend> batch, EricException error) {
    batch.forEach(admission::leftQueue);
    for (PendingAppend append : batch) {
      if (append.message.key() != null) {
        keys.failed(append.message.key());
      }
      append.complete(new Outcome(0, error.code(), error.text()));
    }
  }
}
