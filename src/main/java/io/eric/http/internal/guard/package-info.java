/**
 * The bounds of HTTP connections: how many there are, how fast they come, how long they idle, and
 * how many bytes each client may make the hub hold. On a server of the library they hold from the
 * accept on, on an application's server from a connection's first request to the door.
 *
 * <p>The limits follow from the settings in {@link io.eric.options.HttpOptions}, and each has a
 * counter.
 */
@NullMarked
package io.eric.http.internal.guard;

import org.jspecify.annotations.NullMarked;
