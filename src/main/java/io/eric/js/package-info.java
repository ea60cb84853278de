/**
 * Verticles in JavaScript: {@code vertx.deployVerticle("js:verticles/js/chat.mjs")}.
 *
 * <p>Here live the verticle factory, the engine that all JS verticles of a Vert.x instance share,
 * the one entrance to each verticle's JavaScript, and what it is given: modules, timers, a console
 * and the event bus. This is the only part that imports polyglot, which is an optional dependency.
 *
 * <p>Here may not live what a channel is: {@code prelude.js} speaks the commands of the event bus
 * like any other client.
 *
 * <p>The path of data: an event bus message becomes a plain value ({@code JsValues}), enters the
 * script on the verticle's context ({@code Script}), and what the script sends leaves as JSON.
 */
@NullMarked
package io.eric.js;

import org.jspecify.annotations.NullMarked;
