/**
 * Server-sent events as bytes, and the connections they are written to, over HTTP/1.x and HTTP/2.
 */
@NullMarked
package io.eric.http.internal.sse;

import org.jspecify.annotations.NullMarked;
