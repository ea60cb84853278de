package verticles.kotlin

import io.eric.EricClient
import io.eric.kotlin.messageFlow
import io.eric.kotlin.publish
import io.eric.kotlin.subscribe
import io.vertx.core.json.JsonObject
import io.vertx.kotlin.coroutines.CoroutineVerticle
import io.vertx.kotlin.coroutines.coAwait
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.launch

/**
 * Counts the words that are said in a chat room, and publishes the sum after each line. Its config
 * has the `channel` (default `chat`). To run it beside the bot:
 * ```
 * mvn -q test-compile
 * java -cp target/eric-vertx.jar:target/test-classes io.eric.app.cli.Main \
 *      run js:verticles/js/chat.mjs verticles.kotlin.WordCount
 * ```
 */
class WordCount : CoroutineVerticle() {

  override suspend fun start() {
    val room =
      EricClient.create(vertx).createIfAbsent(config.getString("channel", "chat"), null).coAwait()
    val counter = room.subscribe("counter")
    launch {
      var words = 0
      room
        .messageFlow(counter)
        .filter { it.getString("event") == "say" }
        .collect {
          val said = it.getJsonObject("data")
          words += said.getString("text").split(' ').size
          room.publish("words", JsonObject().put("by", said.getString("from")).put("all", words))
        }
    }
  }
}
