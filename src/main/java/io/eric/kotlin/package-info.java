/**
 * Channels for Kotlin: calls that suspend, and messages as a {@code Flow}.
 *
 * <p>This package consists of extensions of {@link io.eric.Channel}, written in Kotlin under {@code
 * src/main/kotlin}. Kotlin's library and coroutines are optional dependencies, so nothing written
 * in Java may use this package.
 *
 * <p>An extension here only adapts what Java callers have too.
 */
@NullMarked
package io.eric.kotlin;

import org.jspecify.annotations.NullMarked;
