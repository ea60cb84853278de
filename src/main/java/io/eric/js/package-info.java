/**
 * Verticles in JavaScript: {@code vertx.deployVerticle("js:verticles/js/chat.mjs")}.
 *
 * <p>This package has the verticle factory, the engine that all JS verticles of a Vert.x instance
 * share, the only entrance to each verticle's JavaScript, and what a script is given: modules,
 * timers, a console and the event bus. No other part imports polyglot, which is an optional
 * dependency.
 *
 * <p>The package does not know what a channel is: {@code prelude.js} speaks the commands of the
 * event bus like any other client.
 *
 * <p>A message of the event bus becomes a plain value ({@code JsValues}) and enters the script on
 * the verticle's context ({@code Script}). What the script sends leaves as JSON.
 */
@NullMarked
package io.eric.js;

import org.jspecify.annotations.NullMarked;
