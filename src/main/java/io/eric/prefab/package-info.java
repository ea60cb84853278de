/**
 * Ready-made parts that the Python library eric-sse has: applications whose parts talk by messages,
 * and a repository that keeps channels in a key-value store.
 *
 * <p>They are built on the public API alone, so they also show how to build on it.
 */
@NullMarked
package io.eric.prefab;

import org.jspecify.annotations.NullMarked;
