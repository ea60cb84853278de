/**
 * The bounds of HTTP connections, from the accept on: how many, how fast, how long, and how many
 * bytes each client may make the hub hold.
 *
 * <p>What is refused here never reaches a route. Each bound has a setting in {@link
 * io.eric.options.HttpOptions} and a counter.
 */
@NullMarked
package io.eric.http.internal.guard;

import org.jspecify.annotations.NullMarked;
