/**
 * A log whose structure is held in memory, for stores that only have to keep contents; and the
 * memory store, which is the reference for all others.
 */
@NullMarked
package io.eric.log.indexed;

import org.jspecify.annotations.NullMarked;
