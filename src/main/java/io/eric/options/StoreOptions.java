package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;
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
    /** In files of this machine, see {@link FileStoreOptions}. */
    @JsonProperty("file")
    FILE,
    /**
     * In a Redis server, see {@link RedisStoreOptions}; needs {@code io.vertx:vertx-redis-client}.
     */
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

  /** What stands beside the sections of the stores. */
  private static final class Choice {
    private Type type = Type.MEMORY;

    private static Choice fromJson(JsonObject json) {
      return JsonOptions.read(json, Choice.class);
    }
  }
}
