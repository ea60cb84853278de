package io.eric.log.indexed;

import io.eric.EricException;
import io.eric.RepositoryException;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.Slice;
import io.eric.log.internal.LogIndex;
import io.eric.log.internal.RetainedVisitor;
import io.eric.log.internal.Selection;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A log whose order, retention and gaps are kept in memory, so that a store adds nothing but where
 * contents are: the base of the stores that come with the hub, and of yours.
 *
 * <p>A store implements the hooks. They are called on the channel's context, their futures complete
 * on it, and a hook that answers at once returns an already completed future: then nothing is
 * waited for. Hooks do not throw. An {@link EricException} from a hook reaches the caller as it is,
 * anything else as a {@link RepositoryException}.
 *
 * <p>A log with a past is rebuilt before it is handed out, by {@link #restoreLost}, {@link
 * #restore} and {@link #restoreKey} for each retained entry in order, {@link #restoreCommitted} and
 * {@link #restoreRegistered}.
 *
 * @param <T> what the index holds of an entry's content: the entry itself, or where to find it
 */
public abstract class IndexedLog<T> implements MessageLog {

  private final String epoch;
  private final LogIndex<T> index;

  /** As many as docs/PROTOCOL.md section 1 promises to know. */
  private static final int MAX_KEYS = 10_000;

  private final Map<String, Long> committed = new HashMap<>();
  private final ArrayDeque<KeptKey> keys = new ArrayDeque<>();
  private final Map<String, Registration> registered = new LinkedHashMap<>();
  private @Nullable Cursors current;
  private boolean appending;
  private boolean closed;

  /**
   * A log without entries.
   *
   * @param epoch names this life of the log, ASCII without quotes
   * @param base what was up to this sequence is gone; 0 for a new log
   * @param retention what to keep
   */
  protected IndexedLog(String epoch, long base, RetentionOptions retention) {
    this.epoch = epoch;
    this.index = new LogIndex<>(epoch, base, retention, this::dropped);
  }

  /**
   * Makes entries durable. Called with one batch at a time.
   *
   * @return what the index shall hold of each entry, in the batch's order
   */
  protected abstract Future<List<T>> persist(List<Entry> batch);

  /**
   * Loads entries. They may be {@linkplain #dropped dropped} meanwhile, and are to be loaded all
   * the same.
   *
   * @param contents what the index holds of them
   * @return the entries, in the same order
   */
  protected abstract Future<List<Entry>> load(List<T> contents);

  /** Makes cursors durable; those not named keep theirs. */
  protected abstract Future<Void> persistCursors(Map<String, Long> cursors);

  /** Makes a listener's registration durable. */
  protected abstract Future<Void> persistRegistration(String listener, Registration registration);

  /** Removes a listener's cursor and registration and remembers that its dispatches are void. */
  protected abstract Future<Void> persistForget(String listener);

  /**
   * Called when nobody will ask for an entry again; by default does nothing.
   *
   * @param overflow whether somebody may not have read it
   */
  protected void dropped(long sequence, T content, boolean overflow) {}

  /**
   * How far a listener is at this moment, which may be further than what it has committed: before a
   * store removes for good what all have read, it makes these durable, or after a crash the
   * listener would be told that it missed them. For listeners in {@link #committed}.
   */
  protected final long cursorOf(String listener) {
    long last = current == null ? Long.MAX_VALUE : current.of(listener);
    return last == Long.MAX_VALUE ? committed.getOrDefault(listener, 0L) : last;
  }

  /** Deletes what is stored and releases resources. Called once, and not after {@link #release}. */
  protected abstract Future<Void> erase();

  /** Flushes what is stored and releases resources. Called once, and not after {@link #erase}. */
  protected abstract Future<Void> release();

  /**
   * Puts back an entry that is already stored. Sequences ascend. What is left out between counts as
   * never written, and nobody sees a gap, unless {@link #restoreLost} has told of it.
   */
  protected final void restore(
      long sequence, long timestamp, @Nullable String receiver, int size, T content) {
    index.append(sequence, timestamp, receiver, size, content);
  }

  /** Puts back cursors that are already stored; after the entries. */
  protected final void restoreCommitted(Map<String, Long> cursors) {
    remember(cursors);
  }

  /** Puts back the key of an entry that is already stored, whether it is retained or not. */
  protected final void restoreKey(String key, long sequence, long timestamp) {
    if (keys.size() == MAX_KEYS) {
      keys.removeFirst();
    }
    keys.addLast(new KeptKey(key, sequence, timestamp));
  }

  /** Puts back listeners that are already stored, in their order. */
  protected final void restoreRegistered(Map<String, Registration> listeners) {
    registered.putAll(listeners);
  }

  /**
   * Puts back that messages are gone, before the entries: of the broadcasts, or of the dispatches
   * to one listener, nothing up to a sequence is kept. How many there were is not known any more,
   * so a reader from before it sees a gap without a count.
   *
   * @param receiver whose dispatches; {@code null} for the broadcasts
   * @param through the last one that is gone
   * @param throughOverflow the last one that was dropped as overflow, 0 if none was
   */
  protected final void restoreLost(@Nullable String receiver, long through, long throughOverflow) {
    index.restoreLost(receiver, through, throughOverflow);
  }

  /** Puts back where the log ends, after the entries, in case the last ones are gone. */
  protected final void restoreLast(long lastSequence) {
    index.restoreLast(lastSequence);
  }

  /** Passes over all that is kept, oldest first. It must not change the log. */
  protected final void forEachRetained(RetainedVisitor<T> visitor) {
    index.forEach(visitor);
  }

  @Override
  public final String epoch() {
    return epoch;
  }

  @Override
  public final List<KeptKey> keys() {
    return List.copyOf(keys);
  }

  @Override
  public final long lastSequence() {
    return index.lastSequence();
  }

  @Override
  public final Usage usage() {
    return index.usage();
  }

  @Override
  public final Usage usageOf(String listener) {
    return index.usageOf(listener);
  }

  @Override
  public final Map<String, Long> committed() {
    return Collections.unmodifiableMap(committed);
  }

  @Override
  public final Map<String, Registration> registered() {
    return Collections.unmodifiableMap(registered);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the batch is empty or its sequences are not as they must be
   * @throws IllegalStateException if another append is under way
   */
  @Override
  public final Future<Void> append(List<Entry> batch) {
    check(batch);
    if (closed) {
      return isClosed();
    }
    Future<List<T>> stored = persist(batch);
    if (stored.succeeded()) {
      publish(batch, stored.result());
      return Future.succeededFuture();
    }
    appending = true;
    return stored.transform(
        done -> {
          appending = false;
          if (done.failed()) {
            return failure(done.cause());
          }
          publish(batch, done.result());
          return Future.succeededFuture();
        });
  }

  @Override
  public final Future<Slice> read(
      long after, @Nullable String listener, int maxMessages, int maxBytes) {
    if (closed) {
      return isClosed();
    }
    Selection<T> selection = index.read(after, listener, maxMessages, maxBytes);
    if (selection.contents().isEmpty()) {
      return Future.succeededFuture(slice(selection, List.of(), listener));
    }
    Future<List<Entry>> loaded = load(selection.contents());
    if (loaded.succeeded()) {
      return Future.succeededFuture(slice(selection, loaded.result(), listener));
    }
    return loaded.transform(
        done ->
            done.failed()
                ? failure(done.cause())
                : Future.succeededFuture(slice(selection, done.result(), listener)));
  }

  @Override
  public final boolean hasAfter(long after, @Nullable String listener) {
    return index.hasAfter(after, listener);
  }

  @Override
  public final void trim(Cursors cursors, long now) {
    current = cursors;
    index.trim(cursors, now);
  }

  @Override
  public final boolean isOverLimit() {
    return index.isOverLimit();
  }

  @Override
  public final long firstSequence() {
    return index.firstSequence();
  }

  @Override
  public final boolean oldestIsUnreadBy(String listener, long cursor) {
    return index.oldestIsUnreadBy(listener, cursor);
  }

  @Override
  public final void dropOldest() {
    index.dropOldest();
  }

  @Override
  public final void dropOldestOf(String listener) {
    index.dropOldestOf(listener);
  }

  @Override
  public final Future<Void> forget(String listener) {
    if (closed) {
      return isClosed();
    }
    index.forget(listener);
    committed.remove(listener);
    registered.remove(listener);
    return orFailure(persistForget(listener));
  }

  @Override
  public final Future<Void> commit(Map<String, Long> cursors) {
    if (closed) {
      return isClosed();
    }
    // Noted before they are durable: noted later, a commit would undo a forget that came between.
    remember(cursors);
    return orFailure(persistCursors(cursors));
  }

  @Override
  public final Future<Void> register(String listener, Registration registration) {
    if (closed) {
      return isClosed();
    }
    registered.put(listener, registration);
    return orFailure(persistRegistration(listener, registration));
  }

  @Override
  public final Future<Void> delete() {
    if (closed) {
      return isClosed();
    }
    closed = true;
    return orFailure(erase());
  }

  @Override
  public final Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    return orFailure(release());
  }

  private void check(List<Entry> batch) {
    if (appending) {
      throw new IllegalStateException("another append is under way");
    }
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("the batch is empty");
    }
    long expected = batch.get(0).sequence();
    if (expected <= index.lastSequence()) {
      throw new IllegalArgumentException(
          "the batch starts at " + expected + ", the log ends at " + index.lastSequence());
    }
    for (int i = 1; i < batch.size(); i++) {
      if (batch.get(i).sequence() != ++expected) {
        throw new IllegalArgumentException(
            "sequence " + batch.get(i).sequence() + " where " + expected + " belongs");
      }
    }
  }

  private void publish(List<Entry> batch, List<T> contents) {
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      index.append(
          entry.sequence(), entry.timestamp(), entry.receiver(), entry.size(), contents.get(i));
    }
  }

  private void remember(Map<String, Long> cursors) {
    committed.putAll(cursors);
    cursors.forEach(index::noteCursor);
  }

  private Slice slice(Selection<T> selection, List<Entry> loaded, @Nullable String listener) {
    long through = selection.through();
    return new Slice(selection.merge(loaded), through, !index.hasAfter(through, listener));
  }

  private static <U> Future<U> isClosed() {
    return Future.failedFuture(new RepositoryException("the log is closed", null));
  }

  private static Future<Void> orFailure(Future<Void> future) {
    return future.succeeded() ? future : future.recover(IndexedLog::failure);
  }

  private static <U> Future<U> failure(Throwable cause) {
    return Future.failedFuture(
        cause instanceof EricException
            ? cause
            : new RepositoryException("the store failed", cause));
  }
}
