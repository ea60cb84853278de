package io.eric.app;

import io.eric.internal.OptionalDependency;
import io.eric.log.MessageStore;
import io.eric.log.file.FileStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.log.redis.RedisStore;
import io.eric.options.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Opens the store that the settings choose. */
final class Stores {

  private final Vertx vertx;

  Stores(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Opens a store. The caller has to close it. */
  Future<MessageStore> open(StoreOptions options) {
    return switch (options.getType()) {
      case MEMORY -> Future.succeededFuture(MemoryStore.create());
      case FILE ->
          FileStore.open(vertx, options.getFile())
              .<MessageStore>map(opened -> opened)
              .recover(e -> StartFailure.of("store.file.directory", e));
      case REDIS -> openRedis(options);
    };
  }

  /**
   * Opens a store in Redis, whose client is an optional dependency of the application that embeds a
   * hub.
   */
  private Future<MessageStore> openRedis(StoreOptions options) {
    try {
      OptionalDependency.REDIS_CLIENT.require("store.type is redis");
    } catch (IllegalStateException absent) {
      return Future.failedFuture(absent);
    }
    RedisStore store = RedisStore.create(vertx, options.getRedis());
    return store
        .connected()
        .<MessageStore>map(store)
        .recover(e -> store.close().transform(closed -> StartFailure.of("store.redis.uri", e)));
  }
}
