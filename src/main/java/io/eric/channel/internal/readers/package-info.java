/**
 * The readers of a channel: listeners and their attachments, edges with their streams, consumers on
 * the event bus.
 *
 * <p>A listener is a cursor. While its messages are taken it has exactly one attachment: a stream
 * at an edge, a consumer on the event bus, or workers. {@link
 * io.eric.channel.internal.readers.Fanout} pushes new entries to the edges, one delivery per edge;
 * {@link io.eric.channel.internal.readers.Streams} answers the reads of streams that catch up.
 */
@NullMarked
package io.eric.channel.internal.readers;

import org.jspecify.annotations.NullMarked;
