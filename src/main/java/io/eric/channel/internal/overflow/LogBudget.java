package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.ListenerCount;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the heap that all logs of a hub use together. Each channel reports after its appends and
 * trims how much its log uses; when the sum exceeds the budget, the channel that uses most has to
 * trim. Any thread may use a budget.
 *
 * <p>An append costs one addition. The search for the largest log looks at all channels, and runs
 * only when the budget is exceeded; since each trim frees at least {@link #STEPS a part} of the
 * budget, the search is rare.
 */
public final class LogBudget {

  /** One trim frees at least this fraction of the budget: one part of 64. */
  private static final int STEPS = 64;

  private static final long NOT_STUCK = -1;

  private volatile long maxBytes;
  private final ListenerCount listeners;
  private final AtomicLong used = new AtomicLong();
  private final AtomicBoolean trimming = new AtomicBoolean();
  private final Set<Share> shares = ConcurrentHashMap.newKeySet();

  /** Creates a budget of this number of bytes, which does not bound the number of listeners. */
  public LogBudget(long maxBytes) {
    this(maxBytes, ListenerCount.unlimited());
  }

  /**
   * Creates a budget of this number of bytes, which also bounds the number of listeners that all
   * channels have together.
   */
  public LogBudget(long maxBytes, ListenerCount listeners) {
    this.maxBytes = maxBytes;
    this.listeners = listeners;
  }

  /** Returns a budget that is never exceeded, for channels without a hub. */
  public static LogBudget unlimited() {
    return new LogBudget(Long.MAX_VALUE);
  }

  public ListenerCount listeners() {
    return listeners;
  }

  public long maxBytes() {
    return maxBytes;
  }

  /** Sets how much the logs may use from now on; if they use more, they are trimmed. */
  public void bound(long bytes) {
    maxBytes = bytes;
    trimLargest();
  }

  public long used() {
    return used.get();
  }

  /** Returns how many channels have a share. */
  public int shares() {
    return shares.size();
  }

  /** Returns whether the logs use more than they may. */
  public boolean isExceeded() {
    return used.get() > maxBytes;
  }

  /** Adds the share of a channel, which uses nothing yet. */
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
    // A channel that could not free enough, because its policy forbids dropping, is passed over
    // until its usage changes.
    share.stuckAt = share.used > target ? share.used : NOT_STUCK;
    trimming.set(false);
    trimLargest();
  }

  /** A channel that can make its log smaller. */
  @FunctionalInterface
  public interface Trimmer {

    /**
     * Trims as far as the channel's overflow policy allows. The trim runs on the channel's context,
     * perhaps later.
     *
     * @param bytes how much the log may use afterwards
     * @param done called after the trim, when the share has been updated
     */
    void trimTo(long bytes, Runnable done);
  }

  /**
   * The part of the budget that one channel uses. Its methods are called on the channel's context.
   */
  public final class Share {

    private final Trimmer trimmer;
    private volatile long used;
    private volatile long stuckAt = NOT_STUCK;
    private boolean closed;

    private Share(Trimmer trimmer) {
      this.trimmer = trimmer;
    }

    private boolean mayTrim() {
      // A channel that could not free enough is asked again once its usage has changed, because its
      // listeners may have read meanwhile.
      return used > 0 && used != stuckAt;
    }

    /** Reports how many bytes the log uses now. */
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

    /** Gives the share back, because the channel is closed and its log uses nothing any more. */
    public void close() {
      update(0);
      closed = true; // an append under way may still report its bytes
      shares.remove(this);
    }
  }
}
