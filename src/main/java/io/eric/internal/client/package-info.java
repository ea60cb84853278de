/**
 * The side that asks a channel: the handle that applications use, the way a publish takes, and the
 * reader of one stream.
 *
 * <p>Channels and edges of this JVM find each other in {@link
 * io.eric.internal.client.LocalRegistry}; everything else goes over the event bus, and to other
 * nodes through {@link io.eric.internal.client.AddressRouter}. Everything that matters is a request
 * with an answer and a short time-out, because the event bus has no back-pressure and a send may
 * vanish.
 */
@NullMarked
package io.eric.internal.client;

import org.jspecify.annotations.NullMarked;
