/**
 * The durable store for one machine: all channels' logs in one log of segments.
 *
 * <p>Here live the format of its files, the one thread that writes them, and recovery.
 *
 * <p>Here may not live anything about retention or gaps: {@link io.eric.log.indexed.ChannelLog}
 * decides what is kept, this package only knows where it is.
 *
 * <p>The path of data: a channel's {@code FileLogStorage} hands a batch to the {@code Writer},
 * which puts what has piled up of all channels into one write, and answers on each channel's
 * context; reads go from the index's {@code EntryLocation} to the segment.
 */
@NullMarked
package io.eric.log.file;

import org.jspecify.annotations.NullMarked;
