package io.eric.cluster.route;

/**
 * Bounds the bytes of all commands that wait on this node for channels of other nodes. Confined to
 * the node's loop.
 */
final class WaitingBudget {

  private final long maxBytes;
  private long used;
  private int callers;

  /** Creates a budget of which nothing is taken. */
  WaitingBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns how many bytes may wait. */
  long maxBytes() {
    return maxBytes;
  }

  /** Returns how many bytes wait now. */
  long used() {
    return used;
  }

  /** Returns how many callers wait now. */
  int callers() {
    return callers;
  }

  /** Returns whether as many bytes may be taken. */
  boolean has(long bytes) {
    return bytes <= maxBytes - used;
  }

  /** Takes the bytes of one caller; {@link #release} must follow. */
  void take(long bytes) {
    used += bytes;
    callers++;
  }

  /** Gives back what a number of callers have taken. */
  void release(long bytes, int callers) {
    used -= bytes;
    this.callers -= callers;
  }
}
