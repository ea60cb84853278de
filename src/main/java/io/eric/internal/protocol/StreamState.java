package io.eric.internal.protocol;

/** What a channel and the reading side of a stream have agreed on. */
public enum StreamState {
  /** It reads, or is busy with what it has read. */
  READING(0),
  /** It has read everything; the next message wakes it. */
  WAITING(1),
  /** It is pushed to, and what it read before is not handed to the kernel yet. */
  LIVE_UNSETTLED(2),
  /** It is pushed to, and follows its edge's acknowledgements. */
  LIVE(3),
  /** It is being taken away: nothing is pushed to it, and it reads nothing. */
  ENDING(4);

  private final int code;

  StreamState(int code) {
    this.code = code;
  }

  /** What stands for it between JVMs. */
  int code() {
    return code;
  }

  /**
   * The state of a code.
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
