/**
 * An open channel: its commands, its single writer, and how its parts hang together.
 *
 * <p>{@link io.eric.channel.internal.core.ChannelCommands} takes what arrives at the channel's
 * address. {@link io.eric.channel.internal.core.Appender} gives messages their sequences and puts
 * them into the log in batches. {@link io.eric.channel.internal.core.OpenChannel} wires the parts
 * of this package, of {@code readers} and of {@code overflow}.
 *
 * <p>Everything here runs on the channel's event-loop context, so nothing here is locked.
 */
@NullMarked
package io.eric.channel.internal.core;

import org.jspecify.annotations.NullMarked;
