package io.eric;

import io.vertx.core.json.JsonObject;

/**
 * A listener of a channel and where it stands; a snapshot.
 *
 * @param listener the listener's id
 * @param state what its delivery is doing
 * @param position what it has read up to
 * @param lag how far it is behind the end of the log, in sequences (a bound: dispatches to others
 *     count)
 */
public record ListenerStatus(String listener, State state, Position position, long lag) {

  /** The states of docs/PROTOCOL.md section 1. */
  public enum State {
    /** As created, or stopped; its queue collects. */
    STOPPED("stopped"),
    /** Attached, and pushed to. */
    LIVE("live"),
    /** Attached, and reading what it has missed. */
    CATCHING_UP("catching up"),
    /** Started, without a stream. */
    DETACHED("detached");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** What clients see. */
    public String text() {
      return text;
    }

    /** The state that clients see as {@code text}. */
    public static State of(String text) {
      for (State state : values()) {
        if (state.text.equals(text)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state " + text);
    }
  }

  /** As {@code ls} shows it. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("listener", listener)
        .put("state", state.text())
        .put("position", position.toString())
        .put("lag", lag);
  }
}
