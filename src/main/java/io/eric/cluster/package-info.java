/**
 * Several nodes, one hub: who owns a channel, and how the others reach it.
 *
 * <p>Channels are divided into groups, each of which is replicated on all nodes. The packages below
 * have the parts: what a group keeps ({@code state}), what its owner does ({@code owner}), the
 * consensus of the replicas ({@code raft}), the connections between nodes ({@code link}), what
 * stands at the address of a channel that another node owns ({@code route}), and which nodes there
 * are ({@code identity}). Here they are put together to a node. Hazelcast, which only this package
 * knows, carries the clustered event bus of Vert.x and nothing of the hub's.
 *
 * <p>Here may not live anything that knows a client's connection, nor a decision about a message:
 * an owner is an ordinary channel.
 */
@NullMarked
package io.eric.cluster;

import org.jspecify.annotations.NullMarked;
