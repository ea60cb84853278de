/** Which nodes there are, which one this is, and how a cluster comes to be. */
@NullMarked
package io.eric.cluster.identity;

import org.jspecify.annotations.NullMarked;
