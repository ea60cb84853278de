/** What stands at the address of a channel that another node owns. */
@NullMarked
package io.eric.cluster.route;

import org.jspecify.annotations.NullMarked;
