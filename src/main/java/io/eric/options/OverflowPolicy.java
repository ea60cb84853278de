package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a channel does when its log is at the limit because a listener has not read it. Immutable,
 * so safe for any thread.
 */
public enum OverflowPolicy {
  /**
   * The channel drops the oldest message. A listener that had not read it gets one {@code
   * _eric_gap} with the number of messages that it lost.
   */
  @JsonProperty("gap")
  GAP,
  /** Publishers get a {@link io.eric.LogFullException}. */
  @JsonProperty("reject")
  REJECT,
  /** The channel closes the stream of the listener that lags, then acts as under {@link #GAP}. */
  @JsonProperty("disconnect")
  DISCONNECT,
  /** The channel removes the listener that lags. */
  @JsonProperty("remove")
  REMOVE,
  /**
   * The channel holds acknowledgements back while a connected listener that advances has used more
   * than half of the limit. This is for pipelines that must lose nothing. A listener that does not
   * advance is treated as under {@link #GAP}.
   */
  @JsonProperty("wait")
  WAIT
}
