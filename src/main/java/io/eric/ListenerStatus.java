package io.eric;

import io.vertx.core.json.JsonObject;

/**
 * A snapshot of a listener and of how far it has read. Immutable, so safe for any thread.
 *
 * @param listener the listener's id
 * @param state what its delivery is doing
 * @param position the position up to which it has read
 * @param lag how far it is behind the end of the log, in sequences. This is an upper bound, because
 *     dispatches to other listeners count too
 */
public record ListenerStatus(String listener, State state, Position position, long lag) {

  /** The states of docs/PROTOCOL.md section 1. */
  public enum State {
    /** It is newly created, or was stopped. Its queue collects messages. */
    STOPPED("stopped"),
    /** It is attached, and messages are pushed to it. */
    LIVE("live"),
    /** It is attached, and reads what it has missed. */
    CATCHING_UP("catching up"),
    /** It is started, but has no stream. */
    DETACHED("detached");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** Returns the state as clients see it. */
    public String text() {
      return text;
    }

    /**
     * Returns the state that clients see as {@code text}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static State of(String text) {
      for (State state : values()) {
        if (state.text.equals(text)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state " + text);
    }
  }

  /** Returns the JSON object that {@code ls} shows. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("listener", listener)
        .put("state", state.text())
        .put("position", position.toString())
        .put("lag", lag);
  }
}
