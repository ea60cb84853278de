/**
 * Channels, which are verticles that each own one log and the cursors of its listeners, and the
 * container that keeps the channels of a hub.
 *
 * <p>A channel knows no connection: it reaches its readers through edges and the event bus. It runs
 * on its own event-loop context and takes no locks. Its parts are in {@code channel.internal}.
 *
 * <p>The path of data: a command arrives at the channel's address. Its message is appended to the
 * log as part of a batch. Once the message is stored, its publisher gets its acknowledgement, and
 * each edge with live streams gets one delivery. Edges acknowledge, and the channel moves the
 * cursors.
 */
@NullMarked
package io.eric.channel;

import org.jspecify.annotations.NullMarked;
