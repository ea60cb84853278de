package io.eric.cluster.link;

/**
 * Another node of the cluster, and where it listens for the connections of this package.
 *
 * @param node its name
 * @param host a host name or an address
 * @param port 1 to 65535
 */
public record Peer(String node, String host, int port) {

  /** Refuses what no node can have. */
  public Peer {
    LinkIdentity.require(node, "a node's name");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "port " + port + " of node " + node + ": a port is 1 to 65535");
    }
  }

  @Override
  public String toString() {
    return node + " at " + host + ":" + port;
  }
}
