/**
 * The Unix socket door, which takes JSON commands and answers with JSON lines, and a client for it.
 *
 * <p>This package has the server verticle with its socket file, the framing of commands, and the
 * Java client with its typed errors. Requests to channels go through {@code internal.client}, and
 * {@code internal.edge} has the life of a stream. One class alone uses the part of Netty that
 * half-close needs.
 *
 * <p>Bytes are cut into one JSON object per command, which is validated and sent to the channel.
 * The answer goes back on the same connection, in the order that docs/PROTOCOL.md promises. A
 * listen or a watch attaches through the edge and is written as one line per message.
 */
@NullMarked
package io.eric.socket;

import org.jspecify.annotations.NullMarked;
