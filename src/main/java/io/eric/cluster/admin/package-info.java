/**
 * How an operator's commands reach a node: over a Unix socket in the node's own directory, which is
 * there before any door is open. What the commands do is in {@code io.eric.cluster}.
 */
@NullMarked
package io.eric.cluster.admin;

import org.jspecify.annotations.NullMarked;
