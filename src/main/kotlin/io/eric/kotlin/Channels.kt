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

/**
 * Publishes a message as [Channel.publish] does, with its default timeout, and suspends until the
 * message is in the channel's log. Cancellation ends the waiting, but does not recall the message.
 *
 * @param type the message's type
 * @param payload a value that JSON can express; null by default
 * @param receiver the listener that the message is for; null, the default, for all listeners
 * @param key the publisher's name for the message, 1 to 128 characters, by which the channel
 *   recognises a repeat; null, the default, for none
 * @return the message's position in the log
 * @throws io.eric.EricException if the message was refused, or its outcome is unknown
 */
suspend fun Channel.publish(
  type: String,
  payload: Any? = null,
  receiver: String? = null,
  key: String? = null,
): Position = publish(Message.of(type, payload), PublishOptions(receiver, key, 0)).coAwait()

/**
 * Returns a started listener, and suspends until it is started. It is a new listener, or the
 * existing one of this id, which then goes on at its cursor.
 *
 * @param id the listener's id: 1 to 128 characters out of `A-Z a-z 0-9 . _ ~ -`
 * @throws io.eric.EricException if the channel does not exist, refuses the listener or does not
 *   answer
 */
suspend fun Channel.subscribe(id: String): MessageQueueListener {
  val listener = MessageQueueListener(id)
  try {
    registerListener(listener).coAwait()
  } catch (e: InvalidListenerException) {
    if (!e.exists()) throw e
    return getListener(id).coAwait().also { it.start().coAwait() }
  }
  listener.start().coAwait()
  return listener
}

/**
 * Returns the messages of a listener or watcher as a cold flow, as [Channel.read] gives them. The
 * next message is requested when the collector is done with the one before, so a slow collector
 * delays only its own cursor. The stream opens when the collection starts and closes when the
 * collection ends, for whatever reason. Each collector takes the listener over from the one before.
 *
 * The collection fails with the exception that the stream reports, such as an
 * [io.eric.EricException] if the channel does not exist, and completes when the stream ends. It may
 * run in any coroutine context.
 */
fun Channel.readFlow(options: ReadOptions): Flow<Message> = items { read(options) }

/**
 * Returns a listener's messages as a cold flow like [readFlow], as [Channel.messageStream] gives
 * them: in the form of the channel's `adapt`, with `id`. If the listener is not started, the flow
 * completes without a message.
 *
 * @param listener a listener of this channel
 */
fun Channel.messageFlow(listener: MessageQueueListener): Flow<JsonObject> = items {
  messageStream(listener)
}

/**
 * Returns the broadcasts as a cold flow like [readFlow], as [Channel.watch] gives them. A flow has
 * the broadcasts from the start of its collection on.
 */
fun Channel.watchFlow(): Flow<JsonObject> = items { watch() }

private fun <T : Any> items(open: () -> MessageStream<T>): Flow<T> = flow {
  val stream = open()
  val next = Buffer<T>(capacity = 1) // at most one item is requested at a time
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
