package io.eric.cluster.identity;

import java.util.List;

/**
 * Why a node is not a member of a cluster yet.
 *
 * @param nodes the nodes that it waits for; empty if it waits for none
 * @param sentence says so, and what an operator can do; empty if nothing is amiss
 */
public record Waiting(List<String> nodes, String sentence) {

  /** Nothing is amiss. */
  public static final Waiting NOTHING = new Waiting(List.of(), "");
}
