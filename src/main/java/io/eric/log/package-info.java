/**
 * The interface of a store, and of the log that it keeps for each channel. A log has one writer and
 * is read by position.
 *
 * <p>The packages below have the stores. {@code log.indexed} has the log that all stores share,
 * what a store of your own has to implement, and the memory store, which is the reference for all
 * others; {@code log.file} and {@code log.redis} have the durable stores. A log deals with
 * sequences, cursors and bytes; streams and consumers are up to the channel.
 *
 * <p>A channel appends batches. For listeners that catch up, it reads bounded batches after a
 * sequence. It commits their cursors, and lets the log trim what is no longer needed. A position is
 * an epoch and a sequence, so a loss is never silent.
 */
@NullMarked
package io.eric.log;

import org.jspecify.annotations.NullMarked;
