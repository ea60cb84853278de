package io.eric.js;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether a script is being run, and since when for a watchdog that looks now and then. It is
 * marked at each entry of a message, so it costs two ordered writes and no look at the clock: a
 * number that grows at each entry and each exit, odd while somebody is inside.
 */
final class Occupancy {

  private final AtomicLong turns = new AtomicLong();
  private int depth;

  /** Written before {@link #turns}, and so seen by a thread that has read that. */
  private @Nullable Thread thread;

  /** Called by the thread that runs the script; may be nested. */
  void enter() {
    if (depth++ == 0) {
      thread = Thread.currentThread();
      turns.lazySet(turns.getPlain() + 1);
    }
  }

  /** After {@link #enter}. */
  void leave() {
    if (--depth == 0) {
      turns.lazySet(turns.getPlain() + 1);
    }
  }

  /** From any thread: the number of the turn that is under way, or 0. */
  long turn() {
    long turn = turns.getAcquire();
    return (turn & 1) == 0 ? 0 : turn;
  }

  /** From any thread: the name of the one that is inside, or was last. */
  String threadName() {
    Thread last = thread;
    return last == null ? "none" : last.getName();
  }
}
