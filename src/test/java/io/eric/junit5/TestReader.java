package io.eric.junit5;

import io.eric.MessageStream;
import io.vertx.core.Context;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes the items of a stream as a test wants them: one after the other, each waited for until a
 * deadline. A wait that is in vain throws an {@link AssertionError} that names what was waited for
 * and what has come instead.
 *
 * <p>Get one from {@link TestReaders}. Items are taken from the stream as they come and kept here
 * until the test asks for them. Safe for any thread; the methods that wait throw {@link
 * IllegalStateException} on a thread of Vert.x, which must not be blocked.
 *
 * @param <T> the type of the items, mostly {@link io.eric.Message}
 */
public final class TestReader<T> implements AutoCloseable {

  /** How many of the items before a failure it shows. */
  private static final int SHOWN = 10;

  private final String name;
  private final Duration timeout;
  private final ReadStream<T> stream;
  private final Deque<T> waiting = new ArrayDeque<>();
  private final Deque<T> lastTaken = new ArrayDeque<>();
  private long taken;
  private @Nullable Throwable failure;
  private boolean ended;

  TestReader(String name, Duration timeout, ReadStream<T> stream) {
    this.name = name;
    this.timeout = timeout;
    this.stream = stream;
    stream.exceptionHandler(this::failed).endHandler(end -> ended()).handler(this::received);
  }

  private synchronized void received(T item) {
    waiting.add(item);
    notifyAll();
  }

  private synchronized void failed(Throwable cause) {
    failure = cause;
    notifyAll();
  }

  private synchronized void ended() {
    ended = true;
    notifyAll();
  }

  /**
   * Waits for the next item, as long as the extension's timeout says.
   *
   * @return the item
   * @throws AssertionError if none comes in time, or the stream fails or ends before it
   */
  public T awaitNext() {
    return awaitNext(timeout);
  }

  /**
   * Waits for the next item.
   *
   * @param atMost how long to wait
   * @return the item
   * @throws AssertionError if none comes in time, or the stream fails or ends before it
   */
  public synchronized T awaitNext(Duration atMost) {
    return take("item " + (taken + 1), new Deadline(atMost));
  }

  /**
   * Waits for several items.
   *
   * @param count how many; at least 1
   * @return exactly as many items, in order
   * @throws AssertionError if not all come within the extension's timeout, or the stream fails or
   *     ends before
   */
  public synchronized List<T> awaitNext(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + ", it must be at least 1");
    }
    Deadline deadline = new Deadline(timeout);
    List<T> items = new ArrayList<>();
    while (items.size() < count) {
      items.add(take("item " + (items.size() + 1) + " of " + count, deadline));
    }
    return items;
  }

  /**
   * Waits for the next item that is as wanted, and passes over those before it.
   *
   * @param what how a failure is to name the item, like {@code the order's payment}
   * @param wanted whether an item is the one; called on the caller's thread, without a lock
   * @return the item
   * @throws AssertionError if none comes within the extension's timeout, or the stream fails or
   *     ends before it
   */
  public T awaitNext(String what, Predicate<? super T> wanted) {
    Deadline deadline = new Deadline(timeout);
    T item;
    do {
      item = take(what, deadline);
    } while (!wanted.test(item));
    return item;
  }

  /** Returns how many items have come and were not taken yet. */
  public synchronized int available() {
    return waiting.size();
  }

  /**
   * Waits for the end of the stream.
   *
   * @return the items that came before the end and were not taken yet
   * @throws AssertionError if it does not end within the extension's timeout
   */
  public synchronized List<T> awaitEnd() {
    Deadline deadline = new Deadline(timeout);
    while (!ended) {
      if (!await(deadline)) {
        throw failed("the end", deadline);
      }
    }
    List<T> rest = new ArrayList<>(waiting);
    waiting.clear();
    rest.forEach(this::remember);
    return rest;
  }

  /**
   * Waits for a failure of the stream.
   *
   * @return what the stream's exception handler was told last
   * @throws AssertionError if it does not fail within the extension's timeout
   */
  public synchronized Throwable awaitFailure() {
    Deadline deadline = new Deadline(timeout);
    Throwable told;
    while ((told = failure) == null) {
      if (ended || !await(deadline)) {
        throw failed("a failure", deadline);
      }
    }
    return told;
  }

  private synchronized T take(String what, Deadline deadline) {
    while (waiting.isEmpty()) {
      if (failure != null || ended || !await(deadline)) {
        throw failed(what, deadline);
      }
    }
    T item = waiting.remove();
    remember(item);
    return item;
  }

  private void remember(T item) {
    taken++;
    lastTaken.add(item);
    if (lastTaken.size() > SHOWN) {
      lastTaken.remove();
    }
  }

  private AssertionError failed(String what, Deadline deadline) {
    StringBuilder text = new StringBuilder("waited for ").append(what).append(" of ").append(name);
    if (failure != null) {
      text.append(", which has failed: ").append(failure);
    } else if (ended) {
      text.append(", which has ended");
    } else {
      text.append(", which has not come within ").append(deadline.millis()).append(" ms");
    }
    text.append("; before it came ").append(taken + waiting.size());
    List<T> shown = new ArrayList<>(lastTaken);
    shown.addAll(waiting);
    if (!shown.isEmpty()) {
      int from = Math.max(0, shown.size() - SHOWN);
      text.append(", the last ones ").append(shown.subList(from, shown.size()));
    }
    return new AssertionError(text.toString(), failure);
  }

  /** Waits for a signal; false once the time is up. */
  private boolean await(Deadline deadline) {
    if (Context.isOnVertxThread()) {
      throw new IllegalStateException("a thread of Vert.x must not wait for " + name);
    }
    long left = deadline.leftNanos();
    if (left <= 0) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + name, e);
    }
  }

  /** Closes the stream if it is a {@link MessageStream}. Does not wait. */
  @Override
  public void close() {
    if (stream instanceof MessageStream<T> closeable) {
      closeable.close();
    }
  }

  /** When a wait is over. */
  private static final class Deadline {
    private final long millis;
    private final long end;

    Deadline(Duration timeout) {
      this.millis = timeout.toMillis();
      this.end = System.nanoTime() + timeout.toNanos();
    }

    long millis() {
      return millis;
    }

    long leftNanos() {
      return end - System.nanoTime();
    }
  }
}
