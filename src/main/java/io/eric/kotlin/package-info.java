/**
 * Channels for Kotlin: calls that suspend, and messages as a {@code Flow}.
 *
 * <p>This package consists of extensions of {@code Channel} and {@code Vertx}, written in Kotlin
 * under {@code src/main/kotlin}. Kotlin's library and coroutines are optional dependencies, so
 * nothing written in Java may use this package.
 *
 * <p>Nothing that a Java caller would miss may live here.
 */
@NullMarked
package io.eric.kotlin;

import org.jspecify.annotations.NullMarked;
