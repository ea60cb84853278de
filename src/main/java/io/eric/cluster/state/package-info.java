/**
 * The state of a group of channels that all nodes keep: the entries of the group's Raft log, what
 * each of them changes, and the snapshots that stand for a prefix of the log.
 *
 * <p>Everything here is deterministic. No clock, setting or random number is read: what depends on
 * one is decided by the owner and written into the entry, so that all replicas become equal.
 */
@NullMarked
package io.eric.cluster.state;

import org.jspecify.annotations.NullMarked;
