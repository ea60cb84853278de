package io.eric.socket;

/** Limits how many connections of a door may be streams; the others are kept for commands. */
final class StreamPlaces {

  private final int max;
  private int taken;

  /** Creates this number of places. */
  StreamPlaces(int max) {
    this.max = max;
  }

  int max() {
    return max;
  }

  /**
   * Takes a place.
   *
   * @return whether there was one
   */
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
