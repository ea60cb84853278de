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
 * Logs and stops scripts that hold their thread for too long (CWE-835). It has a thread of its own,
 * because it looks for Vert.x threads that do nothing else any more. It stops each such script on a
 * further thread, because the engine waits for the script to let go. The script lets go at once,
 * except in few operations of the engine, like powers of huge numbers, which end first.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** How much later than its limit a script may be noticed, in milliseconds. */
  private static final long TICK_MS = 100;

  /**
   * The factor by which the limit is greater while a script is loaded on a worker: the first script
   * waits for the engine, and packages have hundreds of files.
   */
  private static final int LOADING = 6;

  /** How long a script that is being undeployed may hold its thread, in milliseconds. */
  private static final long UNDEPLOYING_MS = 1_000;

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService ticks;
  private @Nullable ScheduledFuture<?> looking;
  private boolean closed;

  /**
   * Watches a script from now on.
   *
   * @param name the script's name in the log
   * @param limitMs how long it may hold its thread, in milliseconds; 0 means no limit
   * @param stop stops the script; called once for each time that the limit is exceeded, on a thread
   *     that may block
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

  /** The watch over one script. */
  final class Watch {
    private final String name;
    private final Occupancy occupancy;
    private final Runnable stop;
    private volatile long limitMs;
    private volatile boolean loaded;

    /**
     * The turn that the last look saw; {@link #since} is the time of the first look that saw it.
     */
    private long turn;

    private long since;
    private boolean stopped;

    private Watch(String name, Occupancy occupancy, long limitMs, Runnable stop) {
      this.name = name;
      this.occupancy = occupancy;
      this.limitMs = limitMs;
      this.stop = stop;
    }

    /** Ends the longer limit for loading. */
    void loaded() {
      loaded = true;
    }

    /** Shortens the limit, because undeployment waits until the script's thread is free. */
    void undeploying() {
      loaded = true;
      limitMs = limitMs == 0 ? UNDEPLOYING_MS : Math.min(limitMs, UNDEPLOYING_MS);
    }

    /** Ends the watch. */
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
