/**
 * What users import: the records, interfaces and exceptions that name the concepts.
 *
 * <p>Here lives the vocabulary: a message, a listener, the handle of a channel, a connection, and
 * the errors that every door reports by the same names.
 *
 * <p>Here may not live anything that runs: no verticle, no codec, no socket. Nothing here depends
 * on a package below; all of them depend on this one.
 *
 * <p>The path of data: a message enters by a door ({@code http}, {@code socket}) or the event bus,
 * crosses {@code bus} to its {@code channel}, is appended to its {@code log}, and goes back over
 * {@code bus} to an {@code edge}, which writes it to the streams of its listeners.
 */
@NullMarked
package io.eric;

import org.jspecify.annotations.NullMarked;
