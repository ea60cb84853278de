package io.eric.internal.protocol;

/**
 * Tells this node's streams that their channel has another owner, or that its owner is within reach
 * again: they open themselves anew there. Stays inside a JVM.
 *
 * @param term of the ownership that serves now
 */
public record OwnerChanged(String channel, long term) {}
