/**
 * The parts that all components share and that applications must not rely on: the event loop as an
 * interface, answers on the caller's context, host names and origins, optional dependencies.
 */
@NullMarked
package io.eric.internal;

import org.jspecify.annotations.NullMarked;
