package io.eric.bus;

/**
 * Tells this node's streams that their channel has another owner, or that its owner is within reach
 * again: they open themselves anew there. Stays inside a JVM.
 *
 * @param term of the ownership that serves now
 */
public record Moved(String channel, long term) {}
