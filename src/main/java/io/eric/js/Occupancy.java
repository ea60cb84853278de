package io.eric.js;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells a watchdog whether a script is being run, and lets it find out since when. Each message
 * that enters marks it, so a mark costs only two ordered writes and no look at the clock: the
 * number of turns grows at each entry and each exit, and is odd while a thread is inside.
 */
final class Occupancy {

  private final AtomicLong turns = new AtomicLong();
  private int depth;

  /** Written before {@link #turns}, so a thread that has read the turn sees it too. */
  private @Nullable Thread thread;

  /** Marks an entry. Called by the thread that runs the script; calls may be nested. */
  void enter() {
    if (depth++ == 0) {
      thread = Thread.currentThread();
      turns.lazySet(turns.getPlain() + 1);
    }
  }

  /** Marks the exit after {@link #enter}. */
  void leave() {
    if (--depth == 0) {
      turns.lazySet(turns.getPlain() + 1);
    }
  }

  /** Returns the number of the turn that is under way, or 0. From any thread. */
  long turn() {
    long turn = turns.getAcquire();
    return (turn & 1) == 0 ? 0 : turn;
  }

  /** Returns the name of the thread that is inside, or was inside last. From any thread. */
  String threadName() {
    Thread last = thread;
    return last == null ? "none" : last.getName();
  }
}
