package io.eric.internal;

import java.util.ArrayDeque;

/**
 * Lets a number of callers do their work at a time, in the order in which they ask: makers of lists
 * take turns, so that a door's event loop gets to other work after a few pieces, however many
 * clients want some. On one context. The callers bound what waits.
 */
public final class FifoTurns {

  private final int atATime;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int busy;
  private boolean running;

  /** So many at a time. */
  public FifoTurns(int atATime) {
    this.atATime = atATime;
  }

  /** Runs this when it is its turn, at once if nobody is before it; it calls {@link #done}. */
  public void ask(Runnable turn) {
    waiting.add(turn);
    runNext();
  }

  /** So many wait for their turn. */
  public int waiting() {
    return waiting.size();
  }

  /** A turn is over. */
  public void done() {
    busy--;
    runNext();
  }

  private void runNext() {
    if (running) {
      return; // a turn was over at once, and the loop below goes on
    }
    running = true;
    try {
      while (busy < atATime && !waiting.isEmpty()) {
        busy++;
        waiting.remove().run();
      }
    } finally {
      running = false;
    }
  }
}
