package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.ListenerCount;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all logs of a hub may use of the heap together. Each channel says after its appends and
 * trims what its log uses now; when the sum is too high, the channel that uses most has to trim.
 * For any thread.
 *
 * <p>Costs: per append one addition. The search for the largest looks at all channels, and runs
 * only when the budget is exceeded; since each trim frees at least {@link #STEPS a part} of the
 * budget, it is rare.
 */
public final class LogBudget {

  /** One trim frees at least this fraction of the budget: one part of 64. */
  private static final int STEPS = 64;

  private static final long NOT_STUCK = -1;

  private final long maxBytes;
  private final ListenerCount listeners;
  private final AtomicLong used = new AtomicLong();
  private final AtomicBoolean trimming = new AtomicBoolean();
  private final Set<Share> shares = ConcurrentHashMap.newKeySet();

  /** A budget of this number of bytes. */
  public LogBudget(long maxBytes) {
    this(maxBytes, ListenerCount.unlimited());
  }

  /**
   * A budget of this number of bytes, and the number of listeners that all channels have together.
   */
  public LogBudget(long maxBytes, ListenerCount listeners) {
    this.maxBytes = maxBytes;
    this.listeners = listeners;
  }

  /** A budget that is never exceeded, for channels without a hub. */
  public static LogBudget unlimited() {
    return new LogBudget(Long.MAX_VALUE);
  }

  public ListenerCount listeners() {
    return listeners;
  }

  public long maxBytes() {
    return maxBytes;
  }

  public long used() {
    return used.get();
  }

  /** How many channels have a share. */
  public int shares() {
    return shares.size();
  }

  /** Whether the logs use more than they may. */
  public boolean isExceeded() {
    return used.get() > maxBytes;
  }

  /** A channel's share, nothing used yet. */
  public Share open(Trimmer trimmer) {
    Share share = new Share(trimmer);
    shares.add(share);
    return share;
  }

  private void trimLargest() {
    if (!isExceeded() || !trimming.compareAndSet(false, true)) {
      return;
    }
    Share largest = null;
    for (Share share : shares) {
      if (share.mayTrim() && (largest == null || share.used > largest.used)) {
        largest = share;
      }
    }
    long excess = used.get() - maxBytes;
    if (largest == null || excess <= 0) {
      trimming.set(false);
      return;
    }
    Share chosen = largest;
    long target = Math.max(0, chosen.used - Math.max(excess, maxBytes / STEPS));
    chosen.trimmer.trimTo(target, () -> trimmed(chosen, target));
  }

  private void trimmed(Share share, long target) {
    // One that could not get so far (its policy forbids to drop) is passed over for a while.
    share.stuckAt = share.used > target ? share.used : NOT_STUCK;
    trimming.set(false);
    trimLargest();
  }

  /** A channel that can make its log smaller. */
  @FunctionalInterface
  public interface Trimmer {

    /**
     * Trims as far as the channel's overflow policy allows; on the channel's context, sooner or
     * later.
     *
     * @param bytes what the log may use then
     * @param done called when it is done, after the share was updated
     */
    void trimTo(long bytes, Runnable done);
  }

  /** What one channel uses. Its methods are called on the channel's context. */
  public final class Share {

    private final Trimmer trimmer;
    private volatile long used;
    private volatile long stuckAt = NOT_STUCK;
    private boolean closed;

    private Share(Trimmer trimmer) {
      this.trimmer = trimmer;
    }

    private boolean mayTrim() {
      // What got stuck is asked again when it has changed: others may have read meanwhile.
      return used > 0 && used != stuckAt;
    }

    /** Says what the log uses now. */
    public void update(long bytes) {
      long change = bytes - used;
      if (change != 0 && !closed) {
        used = bytes;
        LogBudget.this.used.addAndGet(change);
        if (change > 0) {
          trimLargest();
        }
      }
    }

    /** The channel is closed: its log uses nothing any more. */
    public void close() {
      update(0);
      closed = true; // an append under way may still say what it has added
      shares.remove(this);
    }
  }
}
