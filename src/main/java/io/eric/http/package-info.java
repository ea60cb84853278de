/**
 * The HTTP door: REST commands in, server-sent events out.
 *
 * <p>This package has the routes, the judgement of each request's head, the SockJS bridge and the
 * dashboard. The bounds of connections are in {@code http.internal.guard}, the bytes of events in
 * {@code http.internal.sse}. What a channel decides is asked for through {@code internal.client},
 * and the life of a stream is {@code internal.edge}'s.
 *
 * <p>The path of data: a request is validated, its payload is encoded once, and the command is sent
 * to the channel. The answer becomes a status and a body. A GET of a stream attaches through the
 * edge with the position in {@code Last-Event-ID}, and what the edge delivers leaves as events
 * whose id is the position.
 */
@NullMarked
package io.eric.http;

import org.jspecify.annotations.NullMarked;
