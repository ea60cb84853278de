package io.eric.app;

import io.eric.cluster.ClusterNode;
import io.eric.options.ClusterOptions;
import io.eric.options.HttpOptions;
import io.eric.options.SocketOptions;

/**
 * Keeps the nodes of one machine from taking each other's port and socket. Where nobody has said
 * where a node's doors are, those of the second slot and the ones after it follow those of the
 * first.
 *
 * @param slot the number of the node's slot, from 1; 1 also for a hub that shares its machine with
 *     no other node
 */
record SlotDoors(int slot) {

  static final SlotDoors ALONE = new SlotDoors(1);

  /** Returns those of a node. Without {@code cluster.members} it is called by its slot. */
  static SlotDoors of(ClusterNode node, ClusterOptions options) {
    return options.getMembers().isEmpty() ? new SlotDoors(Integer.parseInt(node.name())) : ALONE;
  }

  HttpOptions http(HttpOptions options) {
    return slot == 1 || options.hasOwnPort()
        ? options
        : new HttpOptions(options).setPort(options.getPort() + slot - 1);
  }

  SocketOptions socket(SocketOptions options) {
    return slot == 1 || options.hasOwnPath()
        ? options
        : new SocketOptions(options).setPath("eric-" + slot + ".sock");
  }
}
