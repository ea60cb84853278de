/**
 * The program: the main class of the runnable jar, its commands, and the life of a served hub from
 * the first setting to the last signal.
 *
 * <p>Only this package prints to standard output. The commands use the socket client like any other
 * program.
 */
@NullMarked
package io.eric.app.cli;

import org.jspecify.annotations.NullMarked;
