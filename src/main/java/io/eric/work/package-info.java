/**
 * Channels whose messages are work: a listener's queue is processed by several workers at once, and
 * the results come as one stream.
 *
 * <p>The workers run on threads of this JVM or anywhere on the event bus. A channel of this kind is
 * an ordinary channel with an {@linkplain io.eric.channel.internal.core.ChannelExtension
 * extension}, so everything about logs, listeners and streams stays in {@code channel}.
 */
@NullMarked
package io.eric.work;

import org.jspecify.annotations.NullMarked;
