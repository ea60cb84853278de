package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of answers that clients have not taken: a client that asks and does not read would have us
 * keep all that it asked for (CWE-770). Each connection has a bound, beyond which no further
 * request of it is looked at; all together have one, beyond which the connection that has most is
 * closed; and a client that takes nothing for the write deadline is closed too. Streams have bounds
 * of their own, in the edge. On one event loop only.
 */
public final class UnsentAnswers {

  private final long maxPerConnection;
  private final long maxBytes;
  private final Deadlines deadlines;
  private final Meters meters;
  private final Set<OfConnection> behind = new LinkedHashSet<>();
  private long bytes;

  /**
   * @param maxPerConnection bytes
   * @param maxBytes of all connections together
   * @param deadlines as long as the write deadline
   */
  public UnsentAnswers(long maxPerConnection, long maxBytes, Deadlines deadlines, Meters meters) {
    this.maxPerConnection = maxPerConnection;
    this.maxBytes = maxBytes;
    this.deadlines = deadlines;
    this.meters = meters;
  }

  /** What a new connection has not taken: nothing yet. */
  OfConnection of(Runnable abort) {
    return new OfConnection(abort);
  }

  /** Of all connections. */
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

  /** One connection's. */
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

    /** Whether further requests may be answered. */
    boolean hasRoom() {
      return unsent <= maxPerConnection;
    }

    /** So many bytes more have been given to the connection. */
    void add(long more) {
      set(unsent + more);
    }

    /** The client has taken this number of bytes, or has given them up. */
    void remove(long less) {
      taken += less;
      set(unsent - less);
    }

    /** What the connection has not sent now; less than before is what the client has taken. */
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

    /** The connection is gone. */
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
