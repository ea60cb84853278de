/**
 * The hub as a whole: the verticle that deploys channels, stores and doors in any application, as
 * the settings say.
 *
 * <p>This package has no behaviour that a client sees through a door; that belongs to the parts.
 * The program and its commands are in {@code app.cli}.
 */
@NullMarked
package io.eric.app;

import org.jspecify.annotations.NullMarked;
