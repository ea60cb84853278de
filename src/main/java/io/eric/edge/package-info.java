/**
 * What the doors share: the life of a stream between a channel and a connection.
 *
 * <p>Here live attaching, being pushed to (live), reading after a cursor (catching up), takeover
 * and close; batching per turn of the event loop; heartbeats and write deadlines.
 *
 * <p>Here may not live a wire format or a kind of connection: {@code http} and {@code socket} bring
 * these. An edge reaches channels over {@code bus} alone, never directly.
 *
 * <p>The path of data: one delivery per channel and edge arrives; it is encoded once, and the same
 * bytes go to every stream, what piled up within a turn as one write. The edge then acknowledges
 * cumulatively. A stream that falls behind catches up alone and buffers nothing.
 */
@NullMarked
package io.eric.edge;

import org.jspecify.annotations.NullMarked;
