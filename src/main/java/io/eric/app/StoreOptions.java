package io.eric.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.eric.JsonOptions;
import io.eric.OptionalDependency;
import io.eric.log.MemoryStore;
import io.eric.log.MessageStore;
import io.eric.log.file.FileStore;
import io.eric.log.file.FileStoreOptions;
import io.eric.log.redis.RedisStore;
import io.eric.log.redis.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * Where a hub keeps its messages: {@code {"type": "memory", "file": {...}, "redis": {...}}}. Only
 * the section of the type that is chosen counts; the others may be there all the same.
 */
public final class StoreOptions {

  /** The kinds of stores. */
  public enum Type {
    /** In this process: everything is gone when it ends. */
    @JsonProperty("memory")
    MEMORY,
    /** In files of this machine, see {@link FileStore}. */
    @JsonProperty("file")
    FILE,
    /** In a Redis server, see {@link RedisStore}; needs {@code io.vertx:vertx-redis-client}. */
    @JsonProperty("redis")
    REDIS
  }

  private static final String FILE = "file";
  private static final String REDIS = "redis";

  private Choice choice = new Choice();
  private FileStoreOptions file = new FileStoreOptions();
  private RedisStoreOptions redis = new RedisStoreOptions();

  /** The defaults: in memory. */
  public StoreOptions() {}

  static StoreOptions read(Section section) {
    StoreOptions options = new StoreOptions();
    options.choice = section.readOthers(Choice::fromJson, FILE, REDIS);
    options.file = section.under(FILE).readOthers(FileStoreOptions::fromJson);
    options.redis = section.under(REDIS).readOthers(RedisStoreOptions::fromJson);
    return options;
  }

  /** All settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(choice).put(FILE, file.toJson()).put(REDIS, redis.toJson());
  }

  /** The kind of store. Default {@link Type#MEMORY}. */
  public Type getType() {
    return choice.type;
  }

  /** See {@link #getType()}. */
  public StoreOptions setType(Type type) {
    choice.type = type;
    return this;
  }

  /** Of a store of type {@link Type#FILE}. */
  public FileStoreOptions getFile() {
    return file;
  }

  /** See {@link #getFile()}. */
  public StoreOptions setFile(FileStoreOptions file) {
    this.file = file;
    return this;
  }

  /** Of a store of type {@link Type#REDIS}. */
  public RedisStoreOptions getRedis() {
    return redis;
  }

  /** See {@link #getRedis()}. */
  public StoreOptions setRedis(RedisStoreOptions redis) {
    this.redis = redis;
    return this;
  }

  /** Opens the store that is chosen; the caller closes it. */
  Future<MessageStore> open(Vertx vertx) {
    return switch (choice.type) {
      case MEMORY -> Future.succeededFuture(MemoryStore.create());
      case FILE ->
          FileStore.open(vertx, file)
              .<MessageStore>map(opened -> opened)
              .recover(e -> StartFailure.of("store.file.directory", e));
      case REDIS -> openRedis(vertx);
    };
  }

  /** The Redis client is an optional dependency of who embeds a hub. */
  private Future<MessageStore> openRedis(Vertx vertx) {
    try {
      OptionalDependency.REDIS_CLIENT.require("store.type is redis");
    } catch (IllegalStateException absent) {
      return Future.failedFuture(absent);
    }
    RedisStore store = RedisStore.create(vertx, redis);
    return store
        .connected()
        .<MessageStore>map(store)
        .recover(e -> store.close().transform(closed -> StartFailure.of("store.redis.uri", e)));
  }

  /** What stands beside the sections of the stores. */
  private static final class Choice {
    private Type type = Type.MEMORY;

    private static Choice fromJson(JsonObject json) {
      return JsonOptions.read(json, Choice.class);
    }
  }
}
