/**
 * The durable store for one machine, which keeps the logs of all channels in one log of segments.
 *
 * <p>This package has the format of the files, the one thread that writes them, and recovery.
 *
 * <p>It has nothing about retention or gaps: {@link io.eric.log.indexed.ChannelLog} decides what is
 * kept, and this package only knows where it is.
 *
 * <p>A channel's {@code FileLogStorage} hands a batch to the {@code Writer}, which puts what has
 * come from all channels into one write, and answers on each channel's context. A read follows the
 * index's {@code EntryLocation} to the segment.
 */
@NullMarked
package io.eric.log.file;

import org.jspecify.annotations.NullMarked;
