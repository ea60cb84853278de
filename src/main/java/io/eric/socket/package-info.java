/**
 * The Unix socket door: JSON commands in, JSON lines out, and the client for it.
 *
 * <p>Here live the server verticle (stale files, file mode, half-close), the framing, and the Java
 * client with its typed errors.
 *
 * <p>Here may not live what a channel decides, nor how a stream lives: the first is asked for over
 * {@code bus}, the second is {@code edge}'s. Tricks with Netty that half-close needs stay in one
 * class.
 *
 * <p>The path of data: bytes are cut into one JSON object per command; it is validated and sent
 * over {@code bus}; the answer goes back on the same connection, in the order that the contract
 * promises. A listen or a watch attaches through {@code edge} and leaves as one line per message.
 */
@NullMarked
package io.eric.socket;

import org.jspecify.annotations.NullMarked;
