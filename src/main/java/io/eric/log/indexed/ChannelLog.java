package io.eric.log.indexed;

import io.eric.RepositoryException;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.Slice;
import io.eric.log.internal.LogIndex;
import io.eric.log.internal.Selection;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one channel over a {@link LogStorage}, for all stores. It keeps the order of entries,
 * retention, gaps and cursors in memory, and leaves to the storage where contents are.
 *
 * <p>Used on the channel's context only. As long as the storage answers at once, so does the log:
 * its futures are completed when they are returned.
 *
 * @param <T> what the log holds of an entry's content: the entry itself, or where to find it
 */
public final class ChannelLog<T> implements MessageLog {

  private final LogState<T> state;
  private final LogIndex<T> index;
  private final ListenerRecords listeners;
  private final Collection<KeptKey> keys;
  private final LogStorage<T> storage;
  private boolean appending;
  private boolean closed;

  ChannelLog(
      LogState<T> state,
      LogIndex<T> index,
      ListenerRecords listeners,
      Collection<KeptKey> keys,
      LogStorage<T> storage) {
    this.state = state;
    this.index = index;
    this.listeners = listeners;
    this.keys = keys;
    this.storage = storage;
  }

  /**
   * Creates a log without a past.
   *
   * @param epoch the name of this life of the log, ASCII without quotes; every position in it
   *     begins with it
   * @param retention what to keep
   * @param storage where to keep it
   */
  public static <T> ChannelLog<T> create(
      String epoch, RetentionOptions retention, LogStorage<T> storage) {
    return ChannelLog.<T>restore(epoch, 0, retention).open(storage);
  }

  /**
   * Begins to restore a log that a store has kept.
   *
   * @param epoch the name of this life of the log, ASCII without quotes; every position in it
   *     begins with it
   * @param base everything up to this sequence is gone; 0 if nothing is, or if {@link
   *     LogRestoration#lost} tells what is
   * @param retention what to keep
   */
  public static <T> LogRestoration<T> restore(String epoch, long base, RetentionOptions retention) {
    return new LogRestoration<>(epoch, base, retention);
  }

  @Override
  public String epoch() {
    return state.epoch();
  }

  @Override
  public List<KeptKey> keys() {
    return List.copyOf(keys);
  }

  @Override
  public long lastSequence() {
    return index.lastSequence();
  }

  @Override
  public Usage usage() {
    return index.usage();
  }

  @Override
  public long heapBytes() {
    return storage.heapBytes(index.usage());
  }

  @Override
  public Usage usageAfter(long sequence) {
    return index.usageAfter(sequence);
  }

  @Override
  public Usage usageOf(String listener) {
    return index.usageOf(listener);
  }

  @Override
  public Map<String, Long> committed() {
    return listeners.committed();
  }

  @Override
  public Map<String, Registration> registered() {
    return listeners.registered();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the batch is empty or its sequences are not as they must be
   * @throws IllegalStateException if another append is under way
   */
  @Override
  public Future<Void> append(List<Entry> batch) {
    check(batch);
    if (closed) {
      return isClosed();
    }
    Future<List<T>> stored = asked(() -> storage.append(batch));
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
  public Future<Slice> read(long after, @Nullable String listener, int maxMessages, int maxBytes) {
    if (closed) {
      return isClosed();
    }
    Selection<T> selection = index.read(after, listener, maxMessages, maxBytes);
    if (selection.contents().isEmpty()) {
      return Future.succeededFuture(slice(selection, List.of(), listener));
    }
    Future<List<Entry>> loaded = asked(() -> storage.load(selection.contents()));
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
  public boolean hasAfter(long after, @Nullable String listener) {
    return index.hasAfter(after, listener);
  }

  @Override
  public void trim(Cursors cursors, long now) {
    listeners.follow(cursors);
    index.trim(cursors, now);
  }

  @Override
  public boolean isOverLimit() {
    return index.isOverLimit();
  }

  @Override
  public long firstSequence() {
    return index.firstSequence();
  }

  @Override
  public boolean oldestIsUnreadBy(String listener, long cursor) {
    return index.oldestIsUnreadBy(listener, cursor);
  }

  @Override
  public void dropOldest() {
    index.dropOldest();
  }

  @Override
  public void dropOldestOf(String listener) {
    index.dropOldestOf(listener);
  }

  @Override
  public Future<Void> forget(String listener) {
    if (closed) {
      return isClosed();
    }
    listeners.forget(listener);
    return orFailure(() -> storage.forget(listener));
  }

  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    if (closed) {
      return isClosed();
    }
    // Noted before they are durable: noted later, a commit would undo a forget that came between.
    listeners.commit(cursors);
    return orFailure(() -> storage.commit(cursors));
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    if (closed) {
      return isClosed();
    }
    listeners.register(listener, registration);
    return orFailure(() -> storage.register(listener, registration));
  }

  @Override
  public Future<Void> delete() {
    if (closed) {
      return isClosed();
    }
    closed = true;
    return orFailure(storage::delete);
  }

  @Override
  public Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    return orFailure(storage::close);
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

  private Slice slice(Selection<T> selection, List<Entry> loaded, @Nullable String listener) {
    long through = selection.through();
    return new Slice(selection.merge(loaded), through, !index.hasAfter(through, listener));
  }

  private static <U> Future<U> isClosed() {
    return Future.failedFuture(new RepositoryException("the log is closed", null));
  }

  /** Asks the storage. If a user's own storage throws, the result is a failed future. */
  private static <U> Future<U> asked(Supplier<Future<U>> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<Void> orFailure(Supplier<Future<Void>> question) {
    Future<Void> future = asked(question);
    return future.succeeded() ? future : future.recover(ChannelLog::failure);
  }

  private static <U> Future<U> failure(Throwable cause) {
    return Future.failedFuture(RepositoryException.of(cause));
  }
}
