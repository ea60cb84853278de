package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a channel does when its log is at the limit because somebody has not read it. */
public enum OverflowPolicy {
  /**
   * Drops the oldest message; a listener that had not read it gets one {@code _eric_gap} with the
   * count.
   */
  @JsonProperty("gap")
  GAP,
  /** Publishers get {@link io.eric.LogFullException}. */
  @JsonProperty("reject")
  REJECT,
  /** Closes the stream of the listener that lags, then as {@link #GAP}. */
  @JsonProperty("disconnect")
  DISCONNECT,
  /** Removes the listener that lags. */
  @JsonProperty("remove")
  REMOVE,
  /**
   * Holds acknowledgements back while a connected listener that advances has used more than half of
   * the limit; for pipelines that must lose nothing. One that does not advance is treated as under
   * {@link #GAP}.
   */
  @JsonProperty("wait")
  WAIT
}
