/**
 * The types that applications import first: the records, interfaces and exceptions that name the
 * concepts.
 *
 * <p>This package runs nothing: it has no verticle, no codec and no socket. It depends on no
 * package below, and all of them depend on it. docs/ARCHITECTURE.md draws the whole.
 */
@NullMarked
package io.eric;

import org.jspecify.annotations.NullMarked;
