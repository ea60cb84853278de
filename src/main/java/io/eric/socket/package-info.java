/**
 * The Unix socket door: JSON commands in, JSON lines out, and the client for it.
 *
 * <p>This package has the server verticle with its socket file, the framing of commands, and the
 * Java client with its typed errors. What a channel decides is asked for through {@code
 * internal.client}, and the life of a stream is {@code internal.edge}'s. What half-close needs of
 * Netty stays in one class.
 *
 * <p>The path of data: bytes are cut into one JSON object per command, which is validated and sent
 * to the channel. The answer goes back on the same connection, in the order that docs/PROTOCOL.md
 * promises. A listen or a watch attaches through the edge and leaves as one line per message.
 */
@NullMarked
package io.eric.socket;

import org.jspecify.annotations.NullMarked;
