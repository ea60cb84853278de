/**
 * Where messages are kept: the interface of a store and of a channel's log, with one writer, read
 * by position.
 *
 * <p>The stores are in the packages below: {@code log.indexed} has the memory store, which is the
 * reference for all others, {@code log.file} and {@code log.redis} the durable ones. A log knows
 * sequences, cursors and bytes; its readers are the channel's business.
 *
 * <p>The path of data: a channel appends a batch and is told its last sequence. It reads bounded
 * batches after a sequence for listeners that catch up, commits their cursors, and lets the log
 * trim what is no longer needed. A position is an epoch and a sequence, so a loss is never silent.
 */
@NullMarked
package io.eric.log;

import org.jspecify.annotations.NullMarked;
