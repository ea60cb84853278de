package io.eric.kotlin

import io.eric.Channel
import io.eric.InvalidListenerException
import io.eric.Message
import io.eric.MessageQueueListener
import io.eric.MessageStream
import io.eric.Position
import io.eric.PublishOptions
import io.eric.ReadOptions
import io.vertx.core.json.JsonObject
import io.vertx.kotlin.coroutines.coAwait
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel as Buffer
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

private const val CONFLICT = 409

/**
 * As [Channel.publish]: suspends until the message is in the channel's log.
 *
 * @param receiver the listener that the message is for; null for all listeners
 * @param key the publisher's name for the message, by which a repeat is recognised; null for none
 * @throws io.eric.EricException if the message was refused, or its outcome is unknown
 */
suspend fun Channel.publish(
  type: String,
  payload: Any? = null,
  receiver: String? = null,
  key: String? = null,
): Position = publish(Message.of(type, payload), PublishOptions(receiver, key, 0)).coAwait()

/**
 * A started listener of this id: a new one, or the existing one, which then goes on where it
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

/**
 * As [Channel.read]: the messages of a listener or watcher as a cold flow. The next message is
 * asked for when the collector is done with the one before, so a slow collector holds back nothing
 * but its cursor. The stream opens when collection starts and closes when it ends, for whatever
 * reason; each collector takes the listener over from the one before.
 */
fun Channel.readFlow(options: ReadOptions): Flow<Message> = items { read(options) }

/**
 * As [Channel.messageStream], as a cold flow like [readFlow]: a listener's messages as the channel
 * shows them, with `event`, `data` and `id`.
 */
fun Channel.messageFlow(listener: MessageQueueListener): Flow<JsonObject> = items {
  messageStream(listener)
}

/** As [Channel.watch], as a cold flow like [readFlow]: the broadcasts from collection on. */
fun Channel.watchFlow(): Flow<JsonObject> = items { watch() }

private fun <T : Any> items(open: () -> MessageStream<T>): Flow<T> = flow {
  val stream = open()
  val next = Buffer<T>(capacity = 1) // one is asked for at a time
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
