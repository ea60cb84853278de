/**
 * The HTTP door: it takes REST commands and sends server-sent events.
 *
 * <p>This package holds the routes, the checks of each request's head, the SockJS bridge and the
 * dashboard. The bounds of connections are in {@code http.internal.guard}, the bytes of events in
 * {@code http.internal.sse}. Channels are asked through {@code internal.client}, and {@code
 * internal.edge} runs the life of each stream.
 *
 * <p>A request is validated, its payload is kept as the bytes that arrived, and the command goes to
 * the channel, whose answer becomes a status and a body. A GET of a stream attaches through the
 * edge at the position in {@code Last-Event-ID}. Everything that the edge delivers is sent as
 * events whose ids are positions.
 */
@NullMarked
package io.eric.http;

import org.jspecify.annotations.NullMarked;
