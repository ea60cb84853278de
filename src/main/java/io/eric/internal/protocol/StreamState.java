package io.eric.internal.protocol;

/** The state of a stream on which its channel and its reading side have agreed. */
public enum StreamState {
  /** The stream reads, or is busy with what it has read. */
  READING(0),
  /** The stream has read everything, and the next message wakes it. */
  WAITING(1),
  /** The stream is pushed to, and the kernel does not have what it read before yet. */
  LIVE_UNSETTLED(2),
  /** The stream is pushed to, and its edge's acknowledgements count for it. */
  LIVE(3),
  /** The stream is being ended: nothing is pushed to it, and it reads nothing. */
  ENDING(4);

  private final int code;

  StreamState(int code) {
    this.code = code;
  }

  /** Returns the number that represents the state between JVMs. */
  int code() {
    return code;
  }

  /**
   * Returns the state of a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  static StreamState of(int code) {
    for (StreamState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new IllegalArgumentException(code + " is no state of a stream");
  }
}
