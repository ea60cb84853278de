package io.eric.cluster.link;

/**
 * What a node says of itself when it meets another one.
 *
 * @param cluster the cluster's name
 * @param node the node's name
 * @param life a random name of the process, by which the others notice that the node was restarted
 */
public record LinkIdentity(String cluster, String node, String life) {

  private static final int LONGEST = 255;

  /** Refuses names that would garble a log or a greeting. */
  public LinkIdentity {
    require(cluster, "the cluster's name");
    require(node, "a node's name");
    require(life, "a process's name");
  }

  static void require(String name, String what) {
    if (name.isEmpty()
        || name.length() > LONGEST
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          what + " has 1 to " + LONGEST + " characters, none of them a control character");
    }
  }
}
