package io.eric.cluster.identity;

/**
 * A node of the cluster.
 *
 * @param node its name: its host, or on a machine with several nodes the number of its slot
 * @param storage a random name of its disk's contents, because a node that has lost its disk must
 *     not vote in the name of the one that it was
 * @param host where the others reach it
 * @param raftPort where its replicas answer
 * @param linkPort where it takes commands and deliveries
 */
public record Member(String node, String storage, String host, int raftPort, int linkPort) {

  /**
   * The storage of a member that was not there when an operator had the cluster formed without it.
   * It counts for majorities, and it takes part once it is replaced.
   */
  public static final String ABSENT = "absent";

  /** Returns whether the member is still to come. */
  public boolean isAbsent() {
    return storage.equals(ABSENT);
  }
}
