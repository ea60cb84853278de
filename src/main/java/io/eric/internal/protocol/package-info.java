/**
 * The messages that doors, handles and channels send each other, and how they are written.
 *
 * <p>Clients' commands are {@link io.eric.internal.protocol.Command}s. A reading or publishing side
 * and a channel exchange {@link io.eric.internal.protocol.ChannelRequest}s and {@link
 * io.eric.internal.protocol.ChannelResponse}s. These travel as immutable objects inside a JVM, and
 * as bytes of {@link io.eric.internal.protocol.WireCodec} between JVMs.
 *
 * <p>This package decides nothing about a message. It knows neither stores nor connections.
 */
@NullMarked
package io.eric.internal.protocol;

import org.jspecify.annotations.NullMarked;
