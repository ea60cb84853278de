package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Where a hub keeps its messages: {@code {"type": "memory", "file": {...}, "redis": {...}}}. Only
 * the section of the chosen type is used; the others may be present all the same.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class StoreOptions {

  /** The kinds of stores. */
  public enum Type {
    /** Messages are kept in this process and are gone when it ends. */
    @JsonProperty("memory")
    MEMORY,
    /** Messages are kept in files of this machine, see {@link FileStoreOptions}. */
    @JsonProperty("file")
    FILE,
    /**
     * Messages are kept in a Redis server, see {@link RedisStoreOptions}. This needs {@code
     * io.vertx:vertx-redis-client}.
     */
    @JsonProperty("redis")
    REDIS
  }

  private static final String FILE = "file";
  private static final String REDIS = "redis";

  private Choice choice = new Choice();
  private FileStoreOptions file = new FileStoreOptions();
  private RedisStoreOptions redis = new RedisStoreOptions();

  /** Creates options that have the defaults: messages are kept in memory. */
  public StoreOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public StoreOptions(JsonObject json) {
    Section section = Section.top(json);
    choice = section.readOthers(others -> JsonOptions.read(others, new Choice()), FILE, REDIS);
    file = section.under(FILE).readOthers(FileStoreOptions::new);
    redis = section.under(REDIS).readOthers(RedisStoreOptions::new);
  }

  /** Copies options. */
  public StoreOptions(StoreOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(choice).put(FILE, file.toJson()).put(REDIS, redis.toJson());
  }

  /** Returns the kind of store. The default is {@link Type#MEMORY}. */
  public Type getType() {
    return choice.type;
  }

  /** See {@link #getType()}. */
  public StoreOptions setType(Type type) {
    choice.type = Objects.requireNonNull(type, "type");
    return this;
  }

  /**
   * Returns the settings of a store of type {@link Type#FILE}. The default is that of {@link
   * FileStoreOptions}.
   */
  public FileStoreOptions getFile() {
    return file;
  }

  /** See {@link #getFile()}. */
  public StoreOptions setFile(FileStoreOptions file) {
    this.file = file;
    return this;
  }

  /**
   * Returns the settings of a store of type {@link Type#REDIS}. The default is that of {@link
   * RedisStoreOptions}.
   */
  public RedisStoreOptions getRedis() {
    return redis;
  }

  /** See {@link #getRedis()}. */
  public StoreOptions setRedis(RedisStoreOptions redis) {
    this.redis = redis;
    return this;
  }

  /** The settings that stand beside the sections of the stores. */
  private static final class Choice {
    private Type type = Type.MEMORY;
  }
}
