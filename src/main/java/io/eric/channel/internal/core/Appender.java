package io.eric.channel.internal.core;

import io.eric.EricException;
import io.eric.LogFullException;
import io.eric.Message;
import io.eric.PayloadTooLargeException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.channel.internal.overflow.AckGate;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.overflow.OwnShare;
import io.eric.channel.internal.overflow.PublisherBrake;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.eric.internal.protocol.CommandReader;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageLog.Usage;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of a channel: gives messages their sequences and puts them into the log. While
 * the store is busy with one append, what arrives grows into the next (group commit), so the order
 * is that of arrival and a slow store sees few, large batches.
 */
public final class Appender {

  private static final Logger logger = LoggerFactory.getLogger(Appender.class);

  private final ChannelOptions<?> options;
  private final MessageLog log;
  private final Listeners listeners;
  private final Consumer<List<Entry>> whenAppended;
  private final AckGate acknowledgements;
  private final LogBudget budget;
  private final Meters meters;
  private final LongSupplier clock;
  private final PublisherBrake pace;
  private final KeyWindow keys;
  private List<PendingAppend> queue = new ArrayList<>();
  private boolean appending;
  private String lastType = "";
  private boolean waitsForReaders;
  private @Nullable Promise<Void> leaving;

  /** What is not acknowledged yet. */
  private final InFlight inFlight = InFlight.inAll();

  /** What is not in the log yet. */
  private final InFlight queued;

  /**
   * @param whenAppended told of entries as soon as they are readable, before their publishers are
   */
  Appender(
      ChannelOptions<?> options,
      MessageLog log,
      Listeners listeners,
      Consumer<List<Entry>> whenAppended,
      AckGate acknowledgements,
      PublisherBrake pace,
      LogBudget budget,
      Meters meters,
      LongSupplier clock) {
    this.options = options;
    this.log = log;
    this.listeners = listeners;
    this.whenAppended = whenAppended;
    this.pace = pace;
    this.acknowledgements = acknowledgements;
    this.budget = budget;
    this.meters = meters;
    this.clock = clock;
    // Only who refuses needs to know what is on its way to whom.
    this.queued =
        options.getOverflow() == OverflowPolicy.REJECT ? InFlight.byReceiver() : InFlight.inAll();
    this.keys = new KeyWindow(options.getKeys(), options.getKeysAge(), meters);
    for (MessageLog.KeptKey kept : log.keys()) {
      keys.succeeded(kept.key(), kept.sequence(), kept.timestamp());
    }
  }

  /** Takes the messages of one publisher, in order; answers when every outcome is known. */
  public void publish(List<Publish> messages, Consumer<Published> answer) {
    publish(messages, answer, false);
  }

  /** Takes a message of the hub's own, whose type no publisher may use. */
  public void publishOwn(Publish message, Consumer<Published> answer) {
    publish(List.of(message), answer, true);
  }

  private void publish(List<Publish> messages, Consumer<Published> answer, boolean own) {
    if (messages.isEmpty()) {
      answer.accept(new Published(log.epoch(), List.of()));
      return;
    }
    InFlight taken = InFlight.inAll();
    PendingBatch batch =
        new PendingBatch(
            messages.size(),
            outcomes ->
                acknowledgements.release(
                    () -> {
                      inFlight.subtract(taken);
                      answer.accept(new Published(log.epoch(), outcomes));
                    }));
    List<PendingAppend> accepted = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      PendingAppend append = new PendingAppend(messages.get(i), batch, i);
      if (accept(append, taken, own)) {
        accepted.add(append);
      }
    }
    if (nothingWaits() && room(accepted.size()) >= accepted.size()) {
      if (!accepted.isEmpty()) {
        append(accepted);
      }
    } else {
      queue.addAll(accepted);
    }
    appendQueued();
  }

  /** What comes now may go straight on. */
  private boolean nothingWaits() {
    return queue.isEmpty() && !appending && !waitsForReaders;
  }

  /**
   * Takes nothing any more.
   *
   * @param inOrder whether what was taken still goes into the log
   * @return completed when the last append is done
   */
  Future<Void> leave(boolean inOrder) {
    Promise<Void> done = Promise.promise();
    leaving = done;
    if (!inOrder || waitsForReaders) {
      List<PendingAppend> refused = queue;
      queue = new ArrayList<>();
      fail(refused, moving());
    }
    completeIfIdle();
    return done.future();
  }

  private void completeIfIdle() {
    if (leaving != null && !appending && queue.isEmpty()) {
      leaving.tryComplete();
    }
  }

  private static UnavailableException moving() {
    return new UnavailableException("the channel is moving to another node");
  }

  /**
   * Answers what is refused and what repeats.
   *
   * @return whether it is to be appended
   */
  private boolean accept(PendingAppend append, InFlight taken, boolean own) {
    Publish message = append.message;
    long size = size(message);
    try {
      if (leaving != null) {
        throw moving();
      }
      if (!own && !isReport(message)) {
        CommandReader.checkType(message.type());
      }
      if (inFlight.messages >= options.getInFlightMessages()
          || inFlight.bytes + size > options.getInFlightBytes()) {
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

  /** How many messages are not acknowledged yet. */
  int inFlightMessages() {
    return inFlight.messages;
  }

  /** How large they are. */
  long inFlightBytes() {
    return inFlight.bytes;
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
    if (options.getOverflow() == OverflowPolicy.REJECT) {
      refuseIfFull(message);
    }
  }

  private void refuseIfFull(Publish message) {
    if (isFull(message)) {
      log.trim(listeners, clock.getAsLong());
      // What all have read stays as history only as long as there is room.
      while (isFull(message) && log.firstSequence() <= listeners.lowest()) {
        if (log.usage().messages() == 0) {
          break;
        }
        log.dropOldest();
      }
      if (isFull(message)) {
        throw new LogFullException("the channel's log is full, try again when it has been read");
      }
    }
    if (budget.isExceeded() && holdsUnread()) {
      throw new LogFullException(
          "all logs together are full, try again when this channel's has been read");
    }
    String receiver = message.listener();
    if (receiver != null && shareIsUsed(receiver, message)) {
      Listener listener = listeners.get(receiver);
      if (!log.hasAfter(listener.cursor(log.lastSequence()), receiver)) {
        while (shareIsUsed(receiver, message) && log.usageOf(receiver).messages() > 0) {
          log.dropOldestOf(receiver); // read, and history
        }
      }
      if (shareIsUsed(receiver, message)) {
        throw new LogFullException(
            "the listener's share of the channel's log is full, try again when it has been read");
      }
    }
  }

  private boolean holdsUnread() {
    return log.usage().messages() > 0 && log.firstSequence() > listeners.lowest();
  }

  private boolean isFull(Publish message) {
    RetentionOptions limit = options.retention();
    MessageLog.Usage used = log.usage();
    return used.messages() + queued.messages >= limit.limitMessages()
        || used.bytes() + queued.bytes + size(message) > limit.limitBytes();
  }

  private boolean shareIsUsed(String receiver, Publish message) {
    Usage waiting = queued.to(receiver);
    return OwnShare.isExceeded(
        options.retention(),
        log.usageOf(receiver),
        waiting.messages() + 1,
        waiting.bytes() + size(message));
  }

  /** Refuses what is not on its way to the store yet: nobody is left to make room for it. */
  void close() {
    List<PendingAppend> refused = queue;
    queue = new ArrayList<>();
    fail(refused, new UnavailableException("the channel is closing, nothing was appended"));
  }

  /** Appends what waits, as far as the log may grow; again when the store or the readers allow. */
  private void appendQueued() {
    while (!appending && !waitsForReaders && !queue.isEmpty()) {
      int room = room(queue.size());
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

  private int room(int wanted) {
    if (options.getOverflow() != OverflowPolicy.WAIT || wanted == 0) {
      return wanted;
    }
    int room = pace.room(wanted, queued.bytes);
    // Where nothing is held back, nobody would wake us; and a message larger than all room goes.
    return room == 0 && !pace.getAsBoolean() ? 1 : room;
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
    if (done.isComplete()) { // memory: no detour over the event loop
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

  /** One text for all that are kept: each request comes with a copy of its own. */
  private String kept(String receiver) {
    Listener listener = listeners.find(receiver);
    return listener == null ? receiver : listener.id;
  }

  /** As {@link #kept(String)}, for the type, which seldom changes. */
  private String kept(Publish message) {
    if (!message.type().equals(lastType)) {
      lastType = message.type();
    }
    return lastType;
  }

  /** A store of somebody else's may throw; the channel goes on. */
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
      EricException error;
      if (done.cause() instanceof UnavailableException unavailable) {
        logger.debug("append of {} messages failed: {}", batch.size(), unavailable.getMessage());
        error = unavailable;
      } else {
        logger.error("append of {} messages failed", batch.size(), done.cause());
        error =
            done.cause() instanceof EricException eric
                ? eric
                : new RepositoryException("the store failed", done.cause());
      }
      meters.count(CounterName.REFUSED_STORE, batch.size());
      fail(batch, error);
      return;
    }
    leaveQueue(batch);
    long now = clock.getAsLong();
    meters.count(CounterName.PUBLISHED, entries.size());
    whenAppended.accept(entries);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.key() != null) {
        keys.succeeded(entry.key(), entry.sequence(), now);
      }
      batch.get(i).complete(new Outcome(entry.sequence(), 0, null));
    }
  }

  private void fail(List<PendingAppend> batch, EricException error) {
    leaveQueue(batch);
    for (PendingAppend append : batch) {
      if (append.message.key() != null) {
        keys.failed(append.message.key());
      }
      append.complete(new Outcome(0, error.code(), error.text()));
    }
  }

  private void leaveQueue(List<PendingAppend> batch) {
    for (PendingAppend append : batch) {
      queued.subtract(append.message.listener(), size(append.message));
    }
  }
}
