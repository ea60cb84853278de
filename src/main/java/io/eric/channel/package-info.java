/**
 * The channels: verticles that each own one log and the cursors of its listeners.
 *
 * <p>Here live the channels for every use (server-sent events, data processing, applications), the
 * windows, flow control and overflow policies, and the container that keeps track of them.
 *
 * <p>Here may not live anything that knows a connection: no HTTP, no sockets, no framing. A channel
 * runs on its own event-loop context and takes no locks; storage is asked for only by the SPI of
 * {@code log}.
 *
 * <p>The path of data: a command arrives from {@code bus}; its message is appended to the log as
 * part of a batch; once stored, the publisher gets its ack and each edge with live streams gets one
 * delivery. Edges acknowledge, and the channel moves the cursors.
 */
@NullMarked
package io.eric.channel;

import org.jspecify.annotations.NullMarked;
