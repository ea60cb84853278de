/**
 * The part that the doors share: the life of a stream between a channel and a connection.
 *
 * <p>An edge attaches streams, writes what is pushed to them, lets those that lag read after a
 * cursor, and ends them. Everything of one turn of the event loop goes out in one write. Heartbeats
 * and write deadlines are kept here too.
 *
 * <p>Formats and connections belong to the doors: {@code http} and {@code socket} bring their own.
 * An edge reaches channels through {@code internal.client} alone.
 *
 * <p>One delivery per channel and edge arrives. It is encoded once, and the same bytes go to every
 * stream. The edge then acknowledges cumulatively.
 */
@NullMarked
package io.eric.internal.edge;

import org.jspecify.annotations.NullMarked;
