/** The replicas of this node's groups, kept by Apache Ratis: the only package that names it. */
@NullMarked
package io.eric.cluster.raft;

import org.jspecify.annotations.NullMarked;
