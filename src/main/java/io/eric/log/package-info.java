/**
 * Where messages are kept: logs with one writer, read by position.
 *
 * <p>Here live the SPI of a store and of a channel's log, the entries, the rules of retention, and
 * the stores that need no cluster: memory (the reference for all others), file and Redis.
 *
 * <p>Here may not live anything about listeners' streams or about the event bus. A log knows
 * sequences, cursors and bytes; who reads them is the channel's business.
 *
 * <p>The path of data: a channel appends a batch and is told its last sequence; it reads bounded
 * batches after a sequence for listeners that catch up, commits their cursors, and lets the log
 * trim what nobody needs. A position is an epoch and a sequence, so a loss is never silent.
 */
@NullMarked
package io.eric.log;

import org.jspecify.annotations.NullMarked;
