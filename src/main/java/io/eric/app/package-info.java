/**
 * The program: everything composed from configuration, and the command line.
 *
 * <p>Here live the verticle that deploys channels, stores and doors in anybody's application, the
 * main class of the runnable jar, its settings from file and environment, health, shutdown in
 * order, and the commands that speak to a running server over its socket.
 *
 * <p>Here may not live behaviour that a client sees through a door: if a part needs it, it belongs
 * to the part. Only this package may print to standard output, and only it may depend on all
 * others.
 *
 * <p>The path of data: none of its own. Settings go in, a running hub comes out; the commands use
 * the socket client as any other program would.
 */
@NullMarked
package io.eric.app;

import org.jspecify.annotations.NullMarked;
