/**
 * Server-sent events as bytes, and the connections that they are written to, over HTTP/1.1 and
 * HTTP/2.
 */
@NullMarked
package io.eric.http.internal.sse;

import org.jspecify.annotations.NullMarked;
