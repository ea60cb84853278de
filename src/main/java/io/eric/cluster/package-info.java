/**
 * Several nodes, one hub: who owns a channel, how the others reach it, where its log is kept.
 *
 * <p>Here live the membership with its quorum, the records of ownership, the lines between nodes,
 * the store that keeps logs in the cluster, and the watch over a node's own registrations. It is
 * the only place that knows Hazelcast.
 *
 * <p>Here may not live anything that knows a client's connection, nor a decision about a message:
 * an owner is an ordinary channel.
 *
 * <p>The path of data: a command for a channel that lives elsewhere meets the {@code Route} at the
 * channel's local address, crosses the {@code Line} to the owner's node together with whatever else
 * goes there, and meets the channel; answers and deliveries come back the same way.
 */
@NullMarked
package io.eric.cluster;

import org.jspecify.annotations.NullMarked;
