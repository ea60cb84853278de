package io.eric.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.cluster.ClusteredVertx;
import io.eric.log.redis.RedisStore;
import io.eric.options.ClusterOptions;
import io.eric.options.RedisStoreOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * An application with a hub, loaded where something optional is not there. It speaks in texts: its
 * classes are not those of the test.
 */
public final class HubWithout {

  private HubWithout() {}

  /**
   * Starts a hub and ends it.
   *
   * @param config its settings
   * @return {@code {"failure": text}} or {@code {"metrics": status of /metrics}}, and the {@code
   *     log}'s lines about what is missing
   */
  public static String run(String config) throws Exception {
    Supplier<JsonArray> log = isLogbackThere() ? Logged.start() : JsonArray::new;
    Vertx vertx = Vertx.vertx();
    JsonObject result = new JsonObject();
    try {
      EricVerticle hub = new EricVerticle();
      DeploymentOptions options = new DeploymentOptions().setConfig(new JsonObject(config));
      vertx
          .deployVerticle(hub, options)
          .toCompletionStage()
          .handle(
              (id, e) -> e == null ? result : result.put("failure", String.valueOf(e.getMessage())))
          .toCompletableFuture()
          .get();
      if (!result.containsKey("failure")) {
        result.put("metrics", get("http://127.0.0.1:" + hub.httpPort() + "/metrics"));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
    return result.put("log", log.get()).encode();
  }

  /** Calls by hand what the settings call; gives what it fails with. */
  public static String use(String what) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      if (what.equals("cluster")) {
        ClusteredVertx.start(new VertxOptions(), new ClusterOptions())
            .toCompletionStage()
            .toCompletableFuture()
            .get();
      } else {
        RedisStore.create(vertx, new RedisStoreOptions());
      }
      return "nothing";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (IllegalStateException e) {
      return e.toString();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }

  private static int get(String uri) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(uri).toURL().openConnection();
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  private static boolean isLogbackThere() {
    try {
      Class.forName("ch.qos.logback.classic.Logger");
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }

  /** Not touched without logback. */
  private static final class Logged {
    private static Supplier<JsonArray> start() {
      Logger ours = (Logger) LoggerFactory.getLogger("io.eric");
      ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
      ListAppender<ILoggingEvent> lines = new ListAppender<>();
      lines.start();
      ours.setLevel(Level.INFO);
      ours.setAdditive(false);
      ours.addAppender(lines);
      return () -> {
        JsonArray texts = new JsonArray();
        for (ILoggingEvent line : lines.list) {
          texts.add(line.getLevel() + " " + line.getFormattedMessage());
        }
        return texts;
      };
    }
  }
}
