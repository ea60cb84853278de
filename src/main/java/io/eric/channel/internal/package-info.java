/**
 * The parts of a container of channels beside the channels: their order, where they live in a
 * cluster, and whether they and their store answer.
 */
@NullMarked
package io.eric.channel.internal;

import org.jspecify.annotations.NullMarked;
