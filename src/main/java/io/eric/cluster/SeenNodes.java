package io.eric.cluster;

import io.eric.cluster.link.LinkObserver;
import io.eric.cluster.state.Owner;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which processes of other nodes this node can reach. Links are up before there is a node that
 * wants to know, because the members agree over them on what the cluster is. Confined to the node's
 * loop.
 */
final class SeenNodes implements LinkObserver {

  private final Map<String, String> lives = new HashMap<>();
  private @Nullable LinkObserver node;

  /** Tells a node from now on, beginning with what is reached already. */
  void attach(LinkObserver observer) {
    node = observer;
    Map.copyOf(lives).forEach(observer::up);
  }

  /** Returns whether a process is reached. */
  boolean reaches(Owner process) {
    return process.life().equals(lives.get(process.node()));
  }

  @Override
  public void up(String other, String life) {
    lives.put(other, life);
    if (node != null) {
      node.up(other, life);
    }
  }

  @Override
  public void down(String other) {
    lives.remove(other);
    if (node != null) {
      node.down(other);
    }
  }

  @Override
  public void gone(String other, String life) {
    lives.remove(other, life);
    if (node != null) {
      node.gone(other, life);
    }
  }
}
