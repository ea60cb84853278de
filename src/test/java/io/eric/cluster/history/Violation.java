package io.eric.cluster.history;

/** Something that a client saw and that the hub promises not to let happen. */
public record Violation(Kind kind, String what) {

  /** The promises, by how they are broken. */
  public enum Kind {
    /** An acknowledged message did not come to a named listener that is to have it. */
    MISSING,
    /** One message has two positions, in acknowledgements or deliveries. */
    TWO_IDS,
    /** One position has two messages, in acknowledgements or deliveries. */
    TWO_MESSAGES,
    /** A message came twice to a client that had named its last position. */
    DELIVERED_TWICE,
    /** Positions of a listener's messages do not rise. */
    ORDER,
    /** Messages of one publisher do not stand in the order in which it sent them. */
    PUBLISHER_ORDER,
    /** A gap was told. */
    GAP,
    /** A stream was open and said nothing, or had heartbeats and lacked what it should have had. */
    SILENT,
    /** A channel or listener that exists was said not to. */
    NOT_FOUND,
    /** A request that is right was refused for good, with another status. */
    REFUSED,
    /** A publisher got no acknowledgement long after all faults were over. */
    STUCK,
    /** A listener got what nobody had sent, or what was for another one. */
    STRANGE
  }

  @Override
  public String toString() {
    return kind + ": " + what;
  }
}
