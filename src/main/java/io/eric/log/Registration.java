package io.eric.log;

/**
 * What a store keeps of a listener beside its cursor.
 *
 * @param created the last sequence before it existed; no cursor of it goes below
 * @param state whether it was started
 */
public record Registration(long created, State state) {

  /** What was last asked of a listener. */
  public enum State {
    /** Nothing: it was registered, and collects. */
    NEW,
    /** It was started. */
    STARTED,
    /** It was started and stopped again. */
    STOPPED
  }
}
