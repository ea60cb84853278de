package io.eric.junit5;

import io.eric.EricClient;
import io.eric.app.EricVerticle;
import io.eric.log.MessageStore;
import io.eric.options.EricOptions;
import io.eric.options.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A hub of one test or class, with its Vert.x and its temporary directory. JUnit closes it with the
 * context whose store it is in; older versions know {@code CloseableResource} only.
 */
@SuppressWarnings("deprecation")
final class RunningHub implements ExtensionContext.Store.CloseableResource, AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE_S = 60;

  private final Path directory;
  private final Vertx vertx;
  private final EricOptions options;
  private final EricVerticle verticle;
  private @Nullable String deployment;
  private @Nullable WebClient webClient;

  private RunningHub(Path directory, Vertx vertx, EricOptions options, EricVerticle verticle) {
    this.directory = directory;
    this.vertx = vertx;
    this.options = options;
    this.verticle = verticle;
  }

  /** Starts a hub. Whatever fails, nothing stays open. */
  static RunningHub start(EricOptions wanted, @Nullable Function<Vertx, MessageStore> store) {
    Path directory = temporaryDirectory();
    Vertx vertx = Vertx.vertx();
    try {
      EricOptions options = isolated(wanted, directory);
      EricVerticle verticle =
          store == null ? new EricVerticle(options) : new EricVerticle(options, store.apply(vertx));
      RunningHub hub = new RunningHub(directory, vertx, options, verticle);
      hub.deployment = await("the hub's start", vertx.deployVerticle(verticle));
      return hub;
    } catch (Throwable failure) {
      try {
        close(vertx, directory);
      } catch (Throwable another) {
        failure.addSuppressed(another);
      }
      throw failure;
    }
  }

  /** Changes what two hubs on one machine, or on one Redis, must not share. */
  private static EricOptions isolated(EricOptions wanted, Path directory) {
    EricOptions options = new EricOptions(wanted);
    options.getHttp().setHost(HOST).setPort(0).setInstances(1);
    options.getSocket().setPath(directory.resolve("eric.sock").toString());
    options.getStore().getFile().setDirectory(directory.resolve("store").toString());
    RedisStoreOptions redis = options.getStore().getRedis();
    redis.setPrefix(redis.getPrefix() + UUID.randomUUID() + ':');
    return options;
  }

  Vertx vertx() {
    return vertx;
  }

  EricVerticle verticle() {
    return verticle;
  }

  EricOptions options() {
    return new EricOptions(options);
  }

  EricClient client() {
    return EricClient.create(vertx);
  }

  synchronized WebClient webClient() {
    if (!options.isHttpEnabled()) {
      throw new IllegalStateException(
          "a WebClient has no hub to talk to, because http.enabled is false in the options");
    }
    WebClient client = webClient;
    if (client == null) {
      WebClientOptions target =
          new WebClientOptions().setDefaultHost(HOST).setDefaultPort(verticle.httpPort());
      client = WebClient.create(vertx, target);
      webClient = client;
    }
    return client;
  }

  /** Stops the hub by itself first, because Vert.x does not say what has failed in its own end. */
  @Override
  public void close() {
    try {
      String id = deployment;
      if (id != null && vertx.deploymentIDs().contains(id)) {
        await("the hub's end", vertx.undeploy(id));
      }
    } finally {
      close(vertx, directory);
    }
  }

  private static void close(Vertx vertx, Path directory) {
    try {
      await("the end of Vert.x", vertx.close());
    } finally {
      delete(directory);
    }
  }

  private static <T> T await(String what, Future<T> future) {
    try {
      return future.await(PATIENCE_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(what + " was not complete within " + PATIENCE_S + " s", e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("eric");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
