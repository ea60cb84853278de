package io.eric.internal;

import java.util.ArrayDeque;

/**
 * Limits how many callers work at the same time, and serves them in the order in which they ask.
 * Lists are built in such turns, so that a door's event loop gets to other work after a few pieces,
 * however many clients want lists. The callers limit how many of them wait. Used on one context
 * only.
 */
public final class FifoTurns {

  private final int atATime;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int busy;
  private boolean running;

  /** Lets this number of callers work at the same time. */
  public FifoTurns(int atATime) {
    this.atATime = atATime;
  }

  /**
   * Runs {@code turn} when its turn has come, which is at once if none is before it. It must call
   * {@link #done} when it has finished.
   */
  public void ask(Runnable turn) {
    waiting.add(turn);
    runNext();
  }

  /** Returns how many callers wait for their turn. */
  public int waiting() {
    return waiting.size();
  }

  /** Ends a turn, so that the next one can run. */
  public void done() {
    busy--;
    runNext();
  }

  private void runNext() {
    if (running) {
      return; // the turn has ended inside run(), and the loop below starts the next one
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
