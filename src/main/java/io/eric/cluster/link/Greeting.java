package io.eric.cluster.link;

import org.jspecify.annotations.Nullable;

/** Judges what another node says of itself. Immutable. */
final class Greeting {

  /** How large the frame of a greeting, or of its refusal, may be, in bytes. */
  static final int LARGEST = 4 << 10;

  private final LinkIdentity own;

  Greeting(LinkIdentity own) {
    this.own = own;
  }

  /** Returns this node's own greeting. */
  Frame.Hello hello() {
    return new Frame.Hello(FrameCodec.VERSION, own);
  }

  /** Returns why the two cannot talk to each other; null if they can. */
  @Nullable String objection(Frame.Hello hello) {
    LinkIdentity other = hello.identity();
    if (other == null) {
      return "node "
          + own.node()
          + " speaks version "
          + FrameCodec.VERSION
          + " of the protocol between nodes, the other one version "
          + hello.version();
    } else if (!other.cluster().equals(own.cluster())) {
      return "node "
          + own.node()
          + " is of cluster \""
          + own.cluster()
          + "\", node "
          + other.node()
          + " of cluster \""
          + other.cluster()
          + '"';
    } else if (other.node().equals(own.node())) {
      return other.life().equals(own.life())
          ? "node " + own.node() + " has reached itself: an address of another node is its own"
          : "there are two nodes of the name " + own.node();
    }
    return null;
  }

  /** Returns whether this node connects to the other one, rather than the other way round. */
  boolean dials(String other) {
    return own.node().compareTo(other) < 0;
  }
}
