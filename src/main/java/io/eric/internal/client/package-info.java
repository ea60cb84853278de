/**
 * The side that asks a channel: the handle that applications use, the way of a publish, and the
 * reader of one stream.
 *
 * <p>Channels and edges of this JVM find each other in {@link
 * io.eric.internal.client.ChannelDirectory} and {@link io.eric.internal.client.EdgeDirectory};
 * everything else goes over the event bus, and to other nodes through {@link
 * io.eric.internal.client.AddressRouter}. The event bus has no back-pressure, and a message may get
 * lost. A request therefore has an answer and a time-out, and news without an answer are compared
 * regularly by statements, which repair what was lost.
 */
@NullMarked
package io.eric.internal.client;

import org.jspecify.annotations.NullMarked;
