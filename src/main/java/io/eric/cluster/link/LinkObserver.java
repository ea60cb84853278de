package io.eric.cluster.link;

/**
 * Is told which other nodes can be reached. On the context of {@link NodeLinks}.
 *
 * <p>For one life of a node, {@code up} and {@code down} alternate, and {@code gone} comes last; a
 * node that was only out of reach may come {@code up} again afterwards in the same life.
 */
public interface LinkObserver {

  /** A node can be reached. */
  void up(String node, String life);

  /** The connection to a node is lost; it may come back. */
  void down(String node);

  /**
   * A process of a node has ended or is out of reach: its connection was lost and none came in
   * time, it was silent for too long, another process has taken its place, or it is no longer a
   * member.
   */
  void gone(String node, String life);
}
