package io.eric.internal.protocol;

/**
 * Tells this node's streams that their channel has another owner, or that its owner is within reach
 * again, so that they attach anew there. It stays inside a JVM.
 *
 * @param term the term of the ownership that serves now
 */
public record OwnerChanged(String channel, long term) {}
