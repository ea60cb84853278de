package io.eric.testing;

import io.eric.Channel;
import io.eric.channel.ChannelContainer;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A hub without doors, for tests that talk to it over the event bus or the Java API. */
public final class Hub implements AutoCloseable {

  /** How long anything may take on a busy machine, in seconds. */
  public static final long PATIENCE = Long.getLong("patience", 60);

  /** The hub's Vert.x. */
  public final Vertx vertx;

  /** Its channels. */
  public final ChannelContainer channels;

  private Hub(MessageStore store) {
    vertx = Vertx.vertx();
    channels = new ChannelContainer(vertx, store, new SSEChannelOptions());
    await(channels.start());
  }

  /** A hub whose channels are in memory. */
  public static Hub start() {
    return new Hub(MemoryStore.create());
  }

  /** A hub on this store. */
  public static Hub start(MessageStore store) {
    return new Hub(store);
  }

  /** A new channel. */
  public Channel channel(String id, JsonObject options) {
    return await(channels.create(id, options));
  }

  /** A new channel with the default options. */
  public Channel channel(String id) {
    return channel(id, new JsonObject());
  }

  /** Sends a command to {@code eric.channels}; gives the answer's body. */
  public JsonObject hub(JsonObject command) {
    return await(request("eric.channels", command));
  }

  /** Sends a command to a channel's address; gives the answer's body. */
  public JsonObject ask(String channel, JsonObject command) {
    return await(request("eric.channel." + channel, command));
  }

  /** Sends a command to a channel's address that must fail; gives the failure. */
  public ReplyException refused(String channel, Object command) {
    return refusedAt("eric.channel." + channel, command);
  }

  /** Sends a command that must fail; gives the failure. */
  public ReplyException refusedAt(String address, Object command) {
    try {
      JsonObject answer = await(request(address, command));
      throw new AssertionError("not refused but answered " + answer);
    } catch (ReplyException e) {
      return e;
    }
  }

  /** Requests with a time-out that no test should reach. */
  public Future<JsonObject> request(String address, @Nullable Object body) {
    return vertx
        .eventBus()
        .<JsonObject>request(address, body, new DeliveryOptions().setSendTimeout(PATIENCE * 1000))
        .map(reply -> reply.body());
  }

  /** Waits for a future, as its value or its failure. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing after " + PATIENCE + " s", e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until a condition is true; looks every two milliseconds. */
  public static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(PATIENCE))
        .until(condition);
  }

  /** Waits for a future that must fail; gives the failure. */
  public static Throwable failure(Future<?> future) {
    try {
      Object value = await(future);
      throw new AssertionError("did not fail but gave " + value);
    } catch (RuntimeException e) {
      return e instanceof CompletionException ? e.getCause() : e;
    }
  }

  @Override
  public void close() {
    await(channels.close());
    await(vertx.close());
  }
}
