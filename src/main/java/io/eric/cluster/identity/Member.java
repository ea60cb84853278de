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
public record Member(String node, String storage, String host, int raftPort, int linkPort) {}
