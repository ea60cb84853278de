package io.eric.js;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names and stops scripts that hold their thread for too long (CWE-835). It has a thread of its
 * own, because what it looks for is a thread of Vert.x's that does nothing else any more, and stops
 * each such script on one more, because the engine waits for the script to let go: at once, but for
 * few operations of the engine's, like powers of huge numbers, that end when they are done.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** By how much later than its limit a script may be noticed. */
  private static final long TICK_MS = 100;

  /**
   * By how much longer than later a script may hold its thread while it is loaded, on a worker: the
   * first one waits for the engine, and packages are hundreds of files.
   */
  private static final int LOADING = 6;

  /** How long a script that is being undeployed may hold its thread. */
  private static final long UNDEPLOYING_MS = 1_000;

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService ticks;
  private @Nullable ScheduledFuture<?> looking;
  private boolean closed;

  /**
   * Watches a script from now on.
   *
   * @param name what to call it in the log
   * @param limitMs how long it may hold its thread; 0 is no limit
   * @param stop makes it stop; called once for each time, on a thread that may block
   */
  Watch watch(String name, Occupancy occupancy, long limitMs, Runnable stop) {
    Watch watch = new Watch(name, occupancy, limitMs, stop);
    watches.add(watch);
    begin();
    return watch;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (looking != null) {
      looking.cancel(false);
    }
    if (ticks != null) {
      ticks.shutdown();
      ticks = null;
    }
  }

  private synchronized void begin() {
    if (ticks == null && !closed) {
      ticks = Executors.newSingleThreadScheduledExecutor(look -> daemon(look, "eric-js-watchdog"));
      looking = ticks.scheduleWithFixedDelay(this::look, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    long now = System.nanoTime();
    watches.forEach(watch -> watch.look(now));
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** One script that is watched. */
  final class Watch {
    private final String name;
    private final Occupancy occupancy;
    private final Runnable stop;
    private volatile long limitMs;
    private volatile boolean loaded;

    /** What the last look has seen, and the first one that has seen the same. */
    private long turn;

    private long since;
    private boolean stopped;

    private Watch(String name, Occupancy occupancy, long limitMs, Runnable stop) {
      this.name = name;
      this.occupancy = occupancy;
      this.limitMs = limitMs;
      this.stop = stop;
    }

    /** From now on it has no more time than the limit. */
    void loaded() {
      loaded = true;
    }

    /** It is being undeployed, which waits until its thread is free: the limit is short now. */
    void undeploying() {
      loaded = true;
      limitMs = limitMs == 0 ? UNDEPLOYING_MS : Math.min(limitMs, UNDEPLOYING_MS);
    }

    /** The script is no more. */
    void close() {
      watches.remove(this);
    }

    private void look(long now) {
      long present = occupancy.turn();
      if (present != turn) {
        turn = present;
        since = now;
        stopped = false;
        return;
      }
      long limit = loaded ? limitMs : limitMs * LOADING;
      if (present != 0 && !stopped && limit > 0 && now - since > limit * 1_000_000) {
        stopped = true;
        LOG.error(
            "{} has held the thread {} for more than {} ms: it is stopped",
            name,
            occupancy.threadName(),
            limit);
        daemon(stop, "eric-js-stop").start();
      }
    }
  }
}
