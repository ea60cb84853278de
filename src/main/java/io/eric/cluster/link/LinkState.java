package io.eric.cluster.link;

/** The states of a {@link Link}. */
enum LinkState {
  /** There is no connection, and the link waits for the other node to make one. */
  IDLE,
  /** A connection is being made. */
  CONNECTING,
  /** The connection is there, and the other node's greeting is awaited. */
  GREETING,
  /** The two nodes can talk to each other. */
  UP,
  /** There is no connection, and the next attempt begins after a pause. */
  WAITING,
  /** The link is of no use any more. */
  CLOSED
}
