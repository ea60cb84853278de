/**
 * The side of a group that owns it: what its channels decide becomes entries of the group's log,
 * and the logs of the channels are opened from the state that all replicas keep.
 */
@NullMarked
package io.eric.cluster.owner;

import org.jspecify.annotations.NullMarked;
