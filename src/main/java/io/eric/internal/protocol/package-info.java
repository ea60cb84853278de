/**
 * What doors, handles and channels say to each other, and how it is written.
 *
 * <p>Clients' commands are {@link io.eric.internal.protocol.Command}s. Between a reading or
 * publishing side and a channel travel {@link io.eric.internal.protocol.ChannelRequest}s and {@link
 * io.eric.internal.protocol.ChannelResponse}s: as immutable objects inside a JVM, as bytes of
 * {@link io.eric.internal.protocol.WireCodec} between JVMs.
 *
 * <p>This package decides nothing about a message. It knows neither stores nor connections.
 */
@NullMarked
package io.eric.internal.protocol;

import org.jspecify.annotations.NullMarked;
