package io.eric.cluster.identity;

import java.util.List;

/**
 * What a node says of itself when the cluster is formed.
 *
 * @param node its name
 * @param storage the random name of its disk's contents
 * @param groups into how many groups it would divide the channels
 * @param seats the places of all nodes, in the order of their names
 */
public record Applicant(String node, String storage, int groups, List<Seat> seats) {

  /** Returns the other nodes' names. */
  List<String> others() {
    return seats.stream().map(Seat::node).filter(each -> !each.equals(node)).toList();
  }

  /** Returns this node's place. */
  public Seat own() {
    return seats.stream().filter(each -> each.node().equals(node)).findFirst().orElseThrow();
  }
}
