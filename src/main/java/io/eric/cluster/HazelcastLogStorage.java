package io.eric.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import io.eric.UnavailableException;
import io.eric.cluster.HazelcastStore.Past;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.protocol.WireOutput;
import io.eric.log.Entry;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.LogRestoration;
import io.eric.log.indexed.LogState;
import io.eric.log.indexed.LogStorage;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the contents of one channel's log in the cluster, for the channel's owner of one term.
 *
 * <p>A batch under one number and term has one content for ever: an attempt whose outcome is
 * unknown is repeated as it was until it is known ({@link RepeatedWrite}). When that takes too
 * long, when the head refuses, or when the quorum is gone, the ownership is over.
 */
final class HazelcastLogStorage implements LogStorage<HazelcastLogStorage.Stored> {

  private static final Logger logger = LoggerFactory.getLogger(HazelcastLogStorage.class);

  /** Longer than it takes to notice that a node is dead or hangs, and to replace it. */
  private static final long PATIENCE_MS = 20_000;

  /**
   * So much may be appended behind a batch of which an attempt is still unanswered: nothing behind
   * it can be removed. About what a channel takes in the seconds that a dead backup keeps it.
   */
  private static final long MOST_BEHIND_UNANSWERED = 16L << 20;

  /** Cursors that moved within this time are written together. */
  private static final long GATHER_MS = 200;

  private final Context context;
  private final Loop loop;
  private final IMap<LogKey, byte[]> map;
  private final String channel;
  private final LogState<Stored> log;
  private final long term;
  private final BooleanSupplier quorum;
  private final Runnable lost;
  private final LogKey headKey;
  private final ListenerTable listeners;

  /** The batches that are kept, oldest first. */
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();

  private long first;
  private long next;
  private long trimmed;
  private boolean trimming;

  /** The oldest batch of which an attempt is still unanswered, and the bytes appended since. */
  private @Nullable Batch unanswered;

  private long behindUnanswered;
  private @Nullable Promise<Void> nextWrite;
  private boolean writing;
  private boolean over;

  private HazelcastLogStorage(
      Context context,
      IMap<LogKey, byte[]> map,
      String channel,
      Past past,
      LogState<Stored> log,
      BooleanSupplier quorum,
      Runnable lost) {
    this.context = context;
    this.loop = new VertxLoop(context);
    this.map = map;
    this.channel = channel;
    this.log = log;
    this.term = past.head().term();
    this.quorum = quorum;
    this.lost = lost;
    this.headKey = new LogKey(channel, LogKey.HEAD);
    byte[] table = past.listeners();
    this.listeners = table == null ? new ListenerTable() : ListenerTable.of(table);
    this.next = past.head().next();
    this.first = past.firstNumber();
    this.trimmed = first;
  }

  /**
   * Opens a log with what is there of it.
   *
   * @return completed, on the context, when the log may be used
   */
  static Future<MessageLog> open(
      Context context,
      IMap<LogKey, byte[]> map,
      String channel,
      Past past,
      RetentionOptions retention,
      BooleanSupplier quorum,
      Runnable lost) {
    LogRestoration<Stored> restoration =
        ChannelLog.restore(
            past.isComplete() ? past.head().epoch() : Epoch.random(), base(past), retention);
    HazelcastLogStorage storage =
        new HazelcastLogStorage(context, map, channel, past, restoration.state(), quorum, lost);
    storage.restore(past, restoration);
    ChannelLog<Stored> log = restoration.open(storage);
    return past.isComplete() ? Future.succeededFuture(log) : storage.renew().map(log);
  }

  /** What was before the oldest entry is gone. */
  private static long base(Past past) {
    return past.batches().length == 0
        ? past.head().last()
        : Past.entries(past.batches()[0]).get(0).sequence() - 1;
  }

  private void restore(Past past, LogRestoration<Stored> restoration) {
    long number = first;
    for (byte[] bytes : past.batches()) {
      Batch batch = new Batch(number++);
      batches.add(batch);
      for (Entry entry : Past.entries(bytes)) {
        restore(batch, entry, restoration);
      }
    }
    restoration
        .last(past.head().last())
        .committed(listeners.cursors)
        .registered(listeners.registrations);
    dropEmptyBatches();
  }

  private void restore(Batch batch, Entry entry, LogRestoration<Stored> restoration) {
    if (entry.key() != null) {
      restoration.key(entry.key(), entry.sequence(), entry.timestamp());
    }
    Long through = entry.receiver() == null ? null : listeners.forgotten.get(entry.receiver());
    if (through != null && entry.sequence() <= through) {
      return; // its listener was removed
    }
    batch.entries++;
    restoration.entry(
        entry.sequence(),
        entry.timestamp(),
        entry.receiver(),
        entry.size(),
        new Stored(entry, batch));
  }

  /** Gives the log, whose content is not complete any more, its new epoch. */
  private Future<Void> renew() {
    logger.warn("messages of channel {} were lost with too many nodes at once", channel);
    return submit(headKey, HeadUpdate.renew(term, log.epoch(), first)).mapEmpty();
  }

  // ---- appending

  @Override
  public Future<List<Stored>> append(List<Entry> entries) {
    Batch noisy = unanswered;
    return noisy == null || behindUnanswered <= MOST_BEHIND_UNANSWERED
        ? write(entries)
        : noisy.quiet.compose(quiet -> append(entries));
  }

  private Future<List<Stored>> write(List<Entry> entries) {
    if (over || !quorum.getAsBoolean()) {
      return isOver();
    }
    long number = next;
    long last = entries.get(entries.size() - 1).sequence();
    TermedPut put = new TermedPut(bytes(entries));
    long oldest = trimmed;
    HeadUpdate advance = HeadUpdate.advance(term, oldest, number, last);
    LogKey key = new LogKey(channel, number);
    Predicate<Throwable> isFinal = failsForGood();
    RepeatedWrite<@Nullable TermedPut> stored =
        new RepeatedWrite<>(
            () -> submit(key, put).map(there -> there ? put : null),
            isFinal,
            RepeatedWrite.MOST_AT_ONCE,
            loop);
    RepeatedWrite<byte @Nullable []> counted =
        new RepeatedWrite<>(
            () -> submit(headKey, advance), isFinal, RepeatedWrite.MOST_AT_ONCE, loop);
    return outcome(stored)
        .compose(there -> outcome(counted))
        .compose(
            head -> {
              // The last of three guards: whoever is cut off may not know it in any other way yet.
              if (over || !quorum.getAsBoolean()) {
                return isOver();
              }
              next = number + 1;
              Batch batch = new Batch(number, stored.quiet());
              batch.entries = entries.size();
              batches.add(batch);
              if (unanswered != null) {
                behindUnanswered += put.size();
              } else {
                noteUnanswered(batch);
              }
              removeBatchesBelow(oldest);
              List<Stored> contents = new ArrayList<>(entries.size());
              for (Entry entry : entries) {
                contents.add(new Stored(entry, batch));
              }
              return Future.succeededFuture(contents);
            });
  }

  private byte[] bytes(List<Entry> entries) {
    int size = 16;
    for (Entry entry : entries) {
      size += entry.size();
    }
    WireOutput out = new WireOutput(size);
    out.putEntries(entries);
    byte[] batch = out.toBytes();
    return ByteBuffer.allocate(Long.BYTES + batch.length).putLong(term).put(batch).array();
  }

  /** Null is a refusal, and final like what fails for good. */
  private <T> Future<T> outcome(RepeatedWrite<@Nullable T> write) {
    return write
        .start()
        .transform(
            done -> {
              T result = done.result();
              if (result != null) {
                return Future.succeededFuture(result);
              }
              if (done.failed()) {
                logger.warn("channel {} stops to write: {}", channel, String.valueOf(done.cause()));
              }
              return isOver();
            });
  }

  private Predicate<Throwable> failsForGood() {
    long deadline = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    return failure -> {
      boolean isFinal =
          over
              || failure instanceof SplitBrainProtectionException
              || !quorum.getAsBoolean()
              || loop.nanoTime() - deadline > 0;
      if (!isFinal) {
        logger.debug("channel {} repeats a write", channel, failure);
      }
      return isFinal;
    };
  }

  private <T> Future<T> isOver() {
    if (!over) {
      over = true;
      lost.run();
    }
    return Future.failedFuture(
        new UnavailableException("this node does not own the channel any more"));
  }

  private <R> Future<R> submit(LogKey key, EntryProcessor<LogKey, byte[], R> step) {
    try {
      return Future.fromCompletionStage(map.<R>submitToKey(key, step), context);
    } catch (RuntimeException e) {
      return Future.failedFuture(e); // Hazelcast is shut down
    }
  }

  // ---- reading

  @Override
  public Future<List<Entry>> load(List<Stored> contents) {
    List<Entry> entries = new ArrayList<>(contents.size());
    for (Stored stored : contents) {
      entries.add(stored.entry);
    }
    return Future.succeededFuture(entries);
  }

  // ---- trimming

  @Override
  public void dropped(long sequence, Stored content, boolean overflow) {
    if (--content.batch.entries == 0) {
      dropEmptyBatches();
    }
  }

  /**
   * The oldest batches that nobody needs go; one behind a batch that is needed has to wait, so that
   * a batch which is missing is known to be lost.
   */
  private void dropEmptyBatches() {
    Batch oldest;
    while ((oldest = batches.peekFirst()) != null && isRemovable(oldest)) {
      trimmed = oldest.number + 1;
      batches.removeFirst();
    }
    if (trimmed > first && !trimming && !over) {
      // With the next append, or alone if none comes soon.
      trimming = true;
      loop.after(1_000, this::trimAlone);
    }
  }

  /** What is removed while it is being written once more would be there for ever. */
  private static boolean isRemovable(Batch batch) {
    return batch.entries == 0 && batch.quiet.isComplete();
  }

  private void noteUnanswered(Batch batch) {
    if (batch.quiet.isComplete()) {
      return;
    }
    unanswered = batch;
    behindUnanswered = 0;
    batch.quiet.onComplete(
        quiet -> {
          unanswered = null;
          dropEmptyBatches();
          batches.stream()
              .filter(other -> !other.quiet.isComplete())
              .findFirst()
              .ifPresent(this::noteUnanswered);
        });
  }

  private void trimAlone() {
    trimming = false;
    if (trimmed <= first || over) {
      return;
    }
    long oldest = trimmed;
    submit(headKey, HeadUpdate.trim(term, oldest))
        .onSuccess(
            head -> {
              if (head != null) {
                removeBatchesBelow(oldest);
              }
            });
  }

  private void removeBatchesBelow(long oldest) {
    if (oldest <= first) {
      return;
    }
    Set<LogKey> gone = new HashSet<>();
    for (long number = first; number < oldest; number++) {
      gone.add(new LogKey(channel, number));
    }
    first = oldest;
    remove(gone);
  }

  private void remove(Set<LogKey> gone) {
    try {
      map.submitToKeys(gone, new Removal())
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  logger.debug("channel {} left {} batches behind", channel, gone.size(), failure);
                }
              });
    } catch (RuntimeException e) {
      logger.debug("channel {} left {} batches behind", channel, gone.size(), e);
    }
  }

  // ---- listeners

  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    listeners.cursors.putAll(cursors);
    return writeListeners(GATHER_MS);
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    listeners.registrations.put(listener, registration);
    return writeListeners(0);
  }

  @Override
  public Future<Void> forget(String listener) {
    listeners.cursors.remove(listener);
    listeners.registrations.remove(listener);
    listeners.forgotten.remove(listener);
    listeners.forgotten.put(listener, log.lastSequence());
    listeners.forgotten.values().removeIf(through -> through < log.firstSequence());
    return writeListeners(0);
  }

  /** Completed when a write that began after this call is done. */
  private Future<Void> writeListeners(long afterMs) {
    Promise<Void> mine = nextWrite;
    if (mine == null) {
      mine = Promise.promise();
      nextWrite = mine;
      if (afterMs > 0) {
        loop.after(afterMs, this::writeNow);
        return mine.future();
      }
    }
    if (afterMs == 0) {
      writeNow();
    }
    return mine.future();
  }

  private void writeNow() {
    Promise<Void> mine = nextWrite;
    if (mine == null || writing) {
      return;
    }
    nextWrite = null;
    writing = true;
    TermedPut put = new TermedPut(listeners.toBytes(term));
    LogKey key = new LogKey(channel, LogKey.LISTENERS);
    // One attempt at a time: an old table must not come in after a new one.
    outcome(
            new RepeatedWrite<>(
                () -> submit(key, put).map(there -> there ? put : null), failsForGood(), 1, loop))
        .<Void>mapEmpty()
        .onComplete(
            done -> {
              writing = false;
              mine.handle(done);
              writeNow();
            });
  }

  // ---- the end

  @Override
  public Future<Void> delete() {
    over = true;
    List<Future<Void>> unansweredWrites = new ArrayList<>();
    for (Batch batch : batches) {
      if (!batch.quiet.isComplete()) {
        unansweredWrites.add(batch.quiet);
      }
    }
    return Future.join(unansweredWrites)
        .compose(quiet -> submit(headKey, HeadUpdate.erase(term)))
        .map(
            head -> {
              if (head != null) {
                Set<LogKey> all = new HashSet<>();
                all.add(new LogKey(channel, LogKey.LISTENERS));
                for (long number = first; number < next; number++) {
                  all.add(new LogKey(channel, number));
                }
                remove(all);
              }
              return null;
            });
  }

  @Override
  public Future<Void> close() {
    if (over || nextWrite == null) {
      over = true;
      return Future.succeededFuture();
    }
    return writeListeners(0).onComplete(written -> over = true);
  }

  /**
   * An entry and the batch that it came in.
   *
   * @param batch tells when nobody needs its bytes in the cluster any more
   */
  record Stored(Entry entry, Batch batch) {}

  /** A batch and how many of its entries are kept. */
  static final class Batch {
    private final long number;
    private final Future<Void> quiet;
    private int entries;

    /** Of the past. */
    private Batch(long number) {
      this(number, Future.succeededFuture());
    }

    /**
     * A batch that has just been written.
     *
     * @param quiet when no attempt to write it is unanswered
     */
    private Batch(long number, Future<Void> quiet) {
      this.number = number;
      this.quiet = quiet;
    }
  }
}
