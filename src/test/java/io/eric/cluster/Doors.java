package io.eric.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The doors of all nodes as a load balancer has them: one that did not answer rests a while. */
final class Doors {

  private final List<Node> nodes;
  private final Map<Node, Long> restingUntil = new ConcurrentHashMap<>();

  Doors(List<Node> nodes) {
    this.nodes = nodes;
  }

  /** Returns the first node from this turn on that has not failed lately, else the node itself. */
  Node at(int turn) {
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get((turn + i) % nodes.size());
      Long until = restingUntil.get(node);
      if (node.url() != null && (until == null || System.nanoTime() - until > 0)) {
        return node;
      }
    }
    return nodes.get(turn % nodes.size());
  }

  void failed(Node node, long restSeconds) {
    restingUntil.put(node, System.nanoTime() + TimeUnit.SECONDS.toNanos(restSeconds));
  }
}
