/**
 * How the parts talk: addresses on the Vert.x event bus, and what travels on them.
 *
 * <p>Here live the names of addresses, the commands of the contract and their answers, the codecs,
 * and the handle with which an application reaches a channel.
 *
 * <p>Here may not live any decision about a message: this package carries commands, a channel
 * decides. It knows neither stores nor connections.
 *
 * <p>The path of data: inside a JVM a command crosses as an immutable object through a local codec,
 * without a copy; between JVMs it crosses as bytes. Everything that matters is a request with an
 * ack and a short time-out, since the event bus has no back-pressure and a send may vanish.
 */
@NullMarked
package io.eric.bus;

import org.jspecify.annotations.NullMarked;
