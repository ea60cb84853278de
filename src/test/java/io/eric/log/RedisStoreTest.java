package io.eric.log;

import io.eric.log.redis.RedisStore;
import io.eric.options.RedisStoreOptions;
import io.eric.testing.RedisServer;
import io.eric.testing.RequiresCommand;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What every store must do, in Redis. */
@RequiresCommand("redis-server")
class RedisStoreTest extends MessageStoreContract {

  @TempDir static Path dir;
  private static RedisServer server;
  private final String prefix;

  @BeforeAll
  static void startServer() {
    server = RedisServer.keepingAll(dir);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  RedisStoreTest(TestInfo test) {
    prefix = test.getTestMethod().orElseThrow().getName() + ":";
  }

  @Override
  protected MessageStore createStore(Vertx vertx) {
    return RedisStore.create(
        vertx, new RedisStoreOptions().setUri(server.uri()).setPrefix(prefix).setTimeout(10_000));
  }

  @Override
  protected boolean isDurable() {
    return true;
  }
}
