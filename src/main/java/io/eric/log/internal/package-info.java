/**
 * The structure of a log in memory: which entries are retained, which listeners read them, what was
 * dropped, and why.
 */
@NullMarked
package io.eric.log.internal;

import org.jspecify.annotations.NullMarked;
