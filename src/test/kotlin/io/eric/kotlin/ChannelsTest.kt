package io.eric.kotlin

import io.eric.EricClient
import io.eric.InvalidChannelException
import io.eric.InvalidListenerException
import io.eric.Message
import io.eric.NoMessagesException
import io.eric.testing.Hub
import io.vertx.core.json.JsonObject
import io.vertx.kotlin.coroutines.CoroutineVerticle
import io.vertx.kotlin.coroutines.coAwait
import io.vertx.kotlin.coroutines.dispatcher
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.awaitility.Awaitility
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test

class ChannelsTest {

  private lateinit var hub: Hub

  @BeforeEach
  fun startHub() {
    hub = Hub.start()
  }

  private val client
    get() = EricClient.create(hub.vertx)

  @AfterEach
  fun closeHub() {
    hub.close()
  }

  /** On an event loop, as a verticle's code is. */
  private fun onEventLoop(body: suspend CoroutineScope.() -> Unit) = runBlocking {
    withTimeout(Hub.PATIENCE * 1000) { withContext(hub.vertx.orCreateContext.dispatcher(), body) }
  }

  @Test
  fun `calls suspend until they are answered`() = onEventLoop {
    val news = client.create("news", JsonObject().put("retry", 7)).coAwait()
    assertThat(news.id()).isEqualTo("news")
    assertThat(client.createIfAbsent("news", null).coAwait().id()).isEqualTo("news")
    assertThat(client.create(null, null).coAwait().id()).hasSize(36)
    news.subscribe("desk")
    val id = news.publish("greeting", "hello")
    assertThat(id.toString()).endsWith("-1")
    news.publish("private", listOf(1, null), receiver = "desk")
    assertThat(news.deliverNext("desk").coAwait().payload()).isEqualTo("hello")
    assertThat(news.getConnections().coAwait().map { it.listener() to it.lag() })
      .containsExactly("desk" to 1L)
    news.removeListener("desk").coAwait()
    assertThat(news.getConnections().coAwait()).isEmpty()
  }

  @Test
  fun `refusals are thrown where the call stands`() {
    assertThatThrownBy { onEventLoop { client.channel("none").publish("t") } }
      .isInstanceOf(InvalidChannelException::class.java)
    hub.channel("news")
    assertThatThrownBy { onEventLoop { client.create("news").coAwait() } }
      .isInstanceOf(InvalidChannelException::class.java)
    assertThatThrownBy { onEventLoop { client.channel("news").publish("t", receiver = "none") } }
      .isInstanceOf(InvalidListenerException::class.java)
    assertThatThrownBy {
        onEventLoop { client.channel("news").also { it.subscribe("a") }.deliverNext("a").coAwait() }
      }
      .isInstanceOf(NoMessagesException::class.java)
  }

  @Test
  fun `a flow yields every message in order and waits for its collector`() = onEventLoop {
    val news = client.create("news", JsonObject().put("overflow", "wait")).coAwait()
    val desk = news.subscribe("desk")
    val sent = (1..600).toList()
    sent.forEach { news.publish("n", it) }
    val seen = mutableListOf<Int>()
    news.messageFlow(desk).map { it.getInteger("data") }.take(10).toList(seen)
    assertThat(seen).isEqualTo(sent.take(10))
    // Only what was handed out is past the cursor; a new collector goes on behind it.
    val lag = news.getConnections().coAwait().first().lag()
    assertThat(lag).isBetween(589, 590)
    val left = lag.toInt()
    val rest = news.messageFlow(desk).map { it.getInteger("data") }.take(left).toList()
    assertThat(rest).isEqualTo(sent.takeLast(left))
  }

  @Test
  fun `a flow ends when its listener is stopped, and with its channel`() = onEventLoop {
    val news = client.create("news").coAwait()
    val desk = news.subscribe("desk")
    news.publish("n", 1)
    val stopped = async { news.messageFlow(desk).map { it.getString("event") }.toList() }
    while (news.getConnections().coAwait().first().lag() > 0) yield()
    desk.stop().coAwait()
    assertThat(stopped.await()).containsExactly("n")

    desk.start().coAwait()
    val closed = async { news.messageFlow(desk).map { it.getString("event") }.toList() }
    news.publish("n", 2)
    while (news.getConnections().coAwait().first().lag() > 0) yield()
    hub.channels.rm("news").coAwait()
    assertThat(closed.await()).containsExactly("n", "_eric_channel_closed")
  }

  @Test
  fun `a watcher goes with its collector`() {
    val channel = hub.channel("news")
    val seen = CopyOnWriteArrayList<Any?>()
    val verticle =
      object : CoroutineVerticle() {
        override suspend fun start() {
          val broadcasts = client.channel("news").watchFlow()
          launch { seen.add(broadcasts.first().getValue("data")) }
        }
      }
    Hub.await(hub.vertx.deployVerticle(verticle))
    Awaitility.await().until {
      Hub.await(channel.broadcast(Message.of("n", 1)))
      seen.isNotEmpty()
    }
    assertThat(seen).containsExactly(1)
  }

  @Test
  fun `the sample counts the words of a chat room`() = onEventLoop {
    val room = client.create("chat").coAwait()
    val ear = room.subscribe("ear")
    hub.vertx.deployVerticle("verticles.kotlin.WordCount").coAwait()
    listOf("one two", "three").forEach {
      room.publish("say", JsonObject().put("from", "ann").put("text", it))
    }
    val counts =
      room
        .messageFlow(ear)
        .filter { it.getString("event") == "words" }
        .map { it.getJsonObject("data").getInteger("all") }
        .take(2)
        .toList()
    assertThat(counts).containsExactly(2, 3)
  }
}
