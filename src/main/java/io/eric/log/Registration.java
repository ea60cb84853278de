package io.eric.log;

/**
 * What a store keeps of a listener in addition to its cursor. Immutable, so safe for any thread.
 *
 * @param created the last sequence before the listener existed; its cursor is never below it
 * @param state whether it was started
 */
public record Registration(long created, State state) {

  /** What a listener was last told to do. */
  public enum State {
    /** It was registered but never started: it collects messages. */
    NEW,
    /** It was started. */
    STARTED,
    /** It was started and stopped again. */
    STOPPED
  }
}
