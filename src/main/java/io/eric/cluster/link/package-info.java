/** The connections to the other nodes, one for each pair, over which commands and deliveries go. */
@NullMarked
package io.eric.cluster.link;

import org.jspecify.annotations.NullMarked;
