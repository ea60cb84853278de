package io.eric.socket;

/** How many connections of a door may be streams: the others are kept for commands. */
final class StreamPlaces {

  private final int max;
  private int taken;

  /** So many. */
  StreamPlaces(int max) {
    this.max = max;
  }

  int max() {
    return max;
  }

  /** Whether there was one. */
  boolean take() {
    if (taken >= max) {
      return false;
    }
    taken++;
    return true;
  }

  void release() {
    taken--;
  }
}
