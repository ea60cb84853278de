package io.eric.cluster.state;

/** What became of a section or a claim. */
public enum Verdict {
  /** It is in effect. */
  APPLIED,
  /** It is in effect since an earlier entry, of which this one is a repetition. */
  REPEATED,
  /** It was decided under a claim that is over. */
  STALE,
  /** The channel that it would create exists. */
  EXISTS,
  /** The channel does not exist. */
  UNKNOWN,
  /** Its messages do not follow the channel's last one. */
  OUT_OF_ORDER
}
