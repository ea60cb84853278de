/**
 * Tests of applications, with JUnit 5: {@link io.eric.junit5.EricExtension} gives a test a hub, and
 * {@link io.eric.junit5.TestReaders} what it needs to wait for messages. The package is in the
 * artifact's jar with the classifier {@code tests}; docs/TESTING.md names the dependencies.
 */
@NullMarked
package io.eric.junit5;

import org.jspecify.annotations.NullMarked;
