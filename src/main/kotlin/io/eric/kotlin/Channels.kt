package io.eric.kotlin

import io.eric.Channel
import io.eric.InvalidChannelException
import io.eric.InvalidListenerException
import io.eric.ListenerStatus
import io.eric.Message
import io.eric.MessageQueueListener
import io.eric.internal.client.BusClient
import io.eric.internal.client.ChannelHandle
import io.eric.internal.protocol.Command
import io.vertx.core.Vertx
import io.vertx.core.json.JsonObject
import io.vertx.kotlin.coroutines.coAwait
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel as Buffer
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/** What the hub shows as `retry` on streams that nobody has adapted. */
private const val RETRY_MS = 5

/**
 * A handle on a channel that works from any verticle. The channel is not asked for until it is
 * used.
 */
fun Vertx.ericChannel(id: String): Channel = ChannelHandle(this, id, null, RETRY_MS)

/**
 * Creates a channel; the hub runs somewhere on this event bus.
 *
 * @param id the wanted id; null for a random one
 * @param options what differs from the hub's defaults, like `{"overflow": "wait"}`
 * @param ifAbsent a channel of this id that exists already is fine
 * @throws InvalidChannelException if there is one and [ifAbsent] is false
 */
suspend fun Vertx.createEricChannel(
  id: String? = null,
  options: JsonObject? = null,
  ifAbsent: Boolean = false,
): Channel {
  val created =
    try {
      BusClient(this).command(Command.CreateChannel(id, options)).coAwait() as String
    } catch (e: InvalidChannelException) {
      if (id == null || !ifAbsent || e.code() != CONFLICT) throw e
      id
    }
  return ericChannel(created)
}

/** As [Channel.broadcast]: sends to every listener; gives the message's position. */
suspend fun Channel.publish(type: String, payload: Any? = null): String =
  broadcast(Message.of(type, payload)).coAwait()

/** As [Channel.dispatch]: sends to one listener; gives the message's position. */
suspend fun Channel.publishTo(listener: String, type: String, payload: Any? = null): String =
  dispatch(listener, Message.of(type, payload)).coAwait()

/**
 * A started listener of this id, a new one or the one that there is, which then goes on where it
 * stands.
 */
suspend fun Channel.subscribe(id: String): MessageQueueListener {
  val listener = MessageQueueListener(id)
  try {
    registerListener(listener).coAwait()
  } catch (e: InvalidListenerException) {
    if (e.code() != CONFLICT) throw e
    return getListener(id).coAwait().also { it.start().coAwait() }
  }
  listener.start().coAwait()
  return listener
}

/** As [Channel.removeListener]. */
suspend fun Channel.unsubscribe(listener: String) {
  removeListener(listener).coAwait()
}

/** As [Channel.deliverNext]: takes the next message of a started listener that has no stream. */
suspend fun Channel.take(listener: String): Message = deliverNext(listener).coAwait()

/** As [Channel.getConnections]: the listeners and where they stand. */
suspend fun Channel.connections(): List<ListenerStatus> = getConnections().coAwait()

/** A part of them: at most [limit] (1 to 10,000), those after the listener [after]. */
suspend fun Channel.connections(limit: Int, after: String? = null): List<ListenerStatus> =
  getConnections(after, limit).coAwait()

/**
 * A listener's messages as the channel shows them, queued ones first: `event`, `data`, `id`. The
 * next one is asked for when the collector is done with the one before, so a slow collector holds
 * nothing but its cursor back. The stream opens when collection starts and closes when it ends, for
 * whatever reason; each collector takes the listener over from the one before.
 */
fun Channel.messages(listener: MessageQueueListener): Flow<JsonObject> = items {
  messageStream(listener)
}

/**
 * The broadcasts from the moment of collection on, read by an anonymous listener that goes with it.
 */
fun Channel.broadcasts(): Flow<JsonObject> = items { watch() }

private const val CONFLICT = 409

private fun items(open: () -> Channel.MessageStream): Flow<JsonObject> = flow {
  val stream = open()
  val next = Buffer<JsonObject>(capacity = 1) // one is asked for at a time
  try {
    stream
      .pause()
      .exceptionHandler { next.close(it) }
      .endHandler { next.close() }
      .handler { next.trySend(it) }
    stream.fetch(1)
    for (item in next) {
      emit(item)
      stream.fetch(1)
    }
  } finally {
    withContext(NonCancellable) { stream.close().coAwait() }
  }
}
