package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of answers that clients have not taken: the hub would have to keep all answers
 * for a client that asks and does not read (CWE-770). Beyond a bound of its own a connection's
 * further requests wait. Beyond the bound of all connections together the connection with the most
 * bytes is closed. A client that takes nothing for the write deadline is closed too. Streams have
 * bounds of their own, in the edge. On one event loop only.
 */
public final class UnsentAnswers {

  private final long maxPerConnection;
  private final long maxBytes;
  private final Deadlines deadlines;
  private final Meters meters;
  private final Set<OfConnection> behind = new LinkedHashSet<>();
  private long bytes;

  /**
   * Creates a counter at zero.
   *
   * @param maxPerConnection how many bytes a connection may have before its requests wait
   * @param maxBytes how many bytes all connections together may have
   * @param deadlines of the length of the write deadline
   */
  public UnsentAnswers(long maxPerConnection, long maxBytes, Deadlines deadlines, Meters meters) {
    this.maxPerConnection = maxPerConnection;
    this.maxBytes = maxBytes;
    this.deadlines = deadlines;
    this.meters = meters;
  }

  /**
   * Returns the count of a new connection, which is zero.
   *
   * @param abort closes the connection at once
   */
  OfConnection of(Runnable abort) {
    return new OfConnection(abort);
  }

  /** Returns the bytes of all connections. */
  public long bytes() {
    return bytes;
  }

  private void closeLargest() {
    OfConnection largest = null;
    for (OfConnection each : behind) {
      if (largest == null || each.unsent > largest.unsent) {
        largest = each;
      }
    }
    if (largest != null) {
      meters.count(CounterName.ANSWERS_OVER_BUDGET);
      largest.close();
    }
  }

  /** The count of one connection. */
  final class OfConnection {

    private final Runnable abort;
    private long unsent;
    private long taken;
    private long takenAtStart;
    private Deadlines.@Nullable Deadline deadline;
    private boolean closed;

    private OfConnection(Runnable abort) {
      this.abort = abort;
    }

    /** Returns whether further requests may be answered. */
    boolean hasRoom() {
      return unsent <= maxPerConnection;
    }

    /** Adds bytes that the connection was given. */
    void add(long more) {
      set(unsent + more);
    }

    /** Subtracts bytes that the client has taken or given up. */
    void remove(long less) {
      taken += less;
      set(unsent - less);
    }

    /**
     * Sets the bytes that the connection has not sent. The client has taken the difference if they
     * are fewer than before.
     */
    void set(long now) {
      if (closed || now == unsent) {
        return;
      }
      taken += Math.max(0, unsent - now);
      bytes += now - unsent;
      unsent = now;
      if (now > 0) {
        behind.add(this);
        if (deadline == null) {
          start();
        }
      } else {
        behind.remove(this);
        stop();
      }
      if (bytes > maxBytes) {
        closeLargest();
      }
    }

    /** Clears the count for good, because the connection is closed. */
    void clear() {
      set(0);
      closed = true;
    }

    private void start() {
      takenAtStart = taken;
      deadline = deadlines.start(this::expired);
    }

    private void stop() {
      if (deadline != null) {
        deadline.cancel();
        deadline = null;
      }
    }

    private void expired() {
      deadline = null;
      if (taken > takenAtStart) {
        start();
      } else {
        meters.count(CounterName.ANSWERS_UNREAD);
        close();
      }
    }

    private void close() {
      clear();
      abort.run();
    }
  }
}
