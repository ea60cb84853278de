/**
 * The parts of a channel that act when a listener does not read: they keep the log under its limit
 * and slow publishers down.
 */
@NullMarked
package io.eric.channel.internal.overflow;

import org.jspecify.annotations.NullMarked;
