package io.eric.simulation;

import java.util.PriorityQueue;

/**
 * Time that passes only when somebody says so. What is due at one moment runs in order of asking.
 */
public final class SimulatedTime {

  private final PriorityQueue<Due> all = new PriorityQueue<>();
  private long now;
  private long asked;

  /** Nanoseconds since the beginning. */
  public long now() {
    return now;
  }

  /** Runs this in so many nanoseconds. */
  public void in(long nanoseconds, Runnable task) {
    all.add(new Due(now + Math.max(0, nanoseconds), asked++, task));
  }

  /** Lets so many milliseconds pass, with all that is due in them. */
  public void pass(long ms) {
    long end = now + ms * 1_000_000;
    for (Due next = all.peek(); next != null && next.at <= end; next = all.peek()) {
      all.remove();
      now = next.at;
      next.task.run();
    }
    now = end;
  }

  private record Due(long at, long order, Runnable task) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }
}
