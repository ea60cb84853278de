/**
 * Channels for Kotlin: calls that suspend, and messages as a {@code Flow}.
 *
 * <p>Here live extensions of {@code Channel} and {@code Vertx}, in Kotlin, under {@code
 * src/main/kotlin}. Kotlin's library and coroutines are optional dependencies: nothing written in
 * Java may use this package.
 *
 * <p>Here may not live anything that a Java caller would miss.
 */
@NullMarked
package io.eric.kotlin;

import org.jspecify.annotations.NullMarked;
