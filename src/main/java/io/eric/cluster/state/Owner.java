package io.eric.cluster.state;

/**
 * Whom a claim names.
 *
 * @param node the node's name
 * @param life a random name of the node's process, because a process that has ended owns nothing
 */
public record Owner(String node, String life) {}
