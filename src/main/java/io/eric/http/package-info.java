/**
 * The HTTP door: REST commands in, server-sent events out.
 *
 * <p>Here live the routes, the encoder of events, authentication, the SockJS bridge and the
 * dashboard.
 *
 * <p>Here may not live what a channel decides, nor how a stream lives: the first is asked for over
 * {@code bus}, the second is {@code edge}'s. Nothing here blocks its event loop.
 *
 * <p>The path of data: a request is validated, its payload encoded once, and the command sent to
 * the channel; the answer becomes a status and a body. A GET of a stream attaches through {@code
 * edge} with the position in {@code Last-Event-ID}, and what the edge delivers leaves as events
 * whose id is the position.
 */
@NullMarked
package io.eric.http;

import org.jspecify.annotations.NullMarked;
