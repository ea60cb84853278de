package verticles.kotlin

import io.eric.EricClient
import io.eric.Message
import io.eric.kotlin.messageFlow
import io.eric.kotlin.publish
import io.eric.prefab.SimpleDistributedApplicationListener
import io.vertx.core.json.JsonArray
import io.vertx.core.json.JsonObject
import io.vertx.kotlin.coroutines.CoroutineVerticle
import io.vertx.kotlin.coroutines.coAwait
import io.vertx.kotlin.coroutines.vertxFuture
import java.util.TreeSet
import kotlinx.coroutines.launch

/**
 * The same part of an application as `verticles/js/greeter.mjs`: on the message `begin` it sends
 * `hello` to every other part, and each of them answers. When all have answered, it broadcasts
 * `done`.
 *
 * Its config has the `channel` (default `greetings`), the `name` of this part (default `kotlin`)
 * and the names of the `others` (default `["js"]`).
 */
class Greeter : CoroutineVerticle() {

  override suspend fun start() {
    val name = config.getString("name", "kotlin")
    val others = config.getJsonArray("others", JsonArray().add("js")).map { it as String }
    val app =
      EricClient.create(vertx)
        .createIfAbsent(config.getString("channel", "greetings"), null)
        .coAwait()
    val answered = TreeSet<String>()
    val part = SimpleDistributedApplicationListener(name)
    part.setAsyncAction("begin") {
      vertxFuture {
        for (other in others) {
          part.dispatchTo(other, Message.of("hello", JsonObject().put("from", name))).coAwait()
        }
        emptyList()
      }
    }
    part.setAction("hello") { listOf(Message.of("hello_ack", JsonObject().put("from", name))) }
    part.setAsyncAction("hello_ack") { ack ->
      vertxFuture {
        answered.add((ack.payload() as JsonObject).getString("from"))
        if (answered.size == others.size) {
          app.publish(
            "done",
            JsonObject().put("by", name).put("answers", JsonArray(answered.toList())),
          )
        }
        emptyList()
      }
    }
    part.setAction("done") { emptyList() }
    part.joinTo(app).coAwait()
    part.start().coAwait()
    launch {
      app.messageFlow(part).collect {}
    } // the part acts on the messages that are collected here
  }
}
