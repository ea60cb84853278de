package io.eric.options;

import io.eric.log.redis.RedisStore;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.regex.Pattern;

/** Which Redis a {@link RedisStore} uses, and how. Times are in milliseconds, sizes in bytes. */
public final class RedisStoreOptions {

  private static final Pattern URI = Pattern.compile("(redis|rediss|unix)://.+");

  private String uri = "redis://localhost:6379";
  private String prefix = "eric:";
  private long timeout = 1_500;
  private long reconnectMin = 100;
  private long reconnectMax = 5_000;
  private int maxPending = 65_536;
  private int recentBytes = 1 << 20;
  private boolean acceptEviction;

  /** The defaults. */
  public RedisStoreOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static RedisStoreOptions fromJson(JsonObject json) {
    RedisStoreOptions options = JsonOptions.read(json, RedisStoreOptions.class);
    return options
        .setUri(options.uri)
        .setPrefix(options.prefix)
        .setTimeout(options.timeout)
        .setReconnectMax(options.reconnectMax)
        .setReconnectMin(options.reconnectMin)
        .setMaxPending(options.maxPending)
        .setRecentBytes(options.recentBytes);
  }

  /** All settings, the password in the address included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Where Redis is: {@code redis://user:password@host:port/database}, {@code rediss://} for TLS, or
   * {@code unix:///path/of/socket}. One server, version 6.2 or later (or Valkey), not a Redis
   * Cluster. Default {@code redis://localhost:6379}.
   */
  public String getUri() {
    return uri;
  }

  /** See {@link #getUri()}. */
  public RedisStoreOptions setUri(String uri) {
    if (!URI.matcher(Objects.requireNonNull(uri, "uri")).matches()) {
      // Not shown: it may hold a password.
      throw new IllegalArgumentException("uri must start with redis://, rediss:// or unix://");
    }
    this.uri = uri;
    return this;
  }

  /**
   * What all keys begin with, so that several hubs can share a database. Two hubs with the same
   * prefix take each other's channels over. Default {@code eric:}.
   */
  public String getPrefix() {
    return prefix;
  }

  /** See {@link #getPrefix()}. */
  public RedisStoreOptions setPrefix(String prefix) {
    this.prefix = Objects.requireNonNull(prefix, "prefix");
    return this;
  }

  /**
   * How long to wait for an answer, and as long for a connection that is not there; then the
   * operation fails, and after a missing answer the connection is made anew. An append that meets
   * both fails after three times this at the latest. For its first connection a store waits at
   * least 10 s. Default 1.5 s.
   */
  public long getTimeout() {
    return timeout;
  }

  /** See {@link #getTimeout()}. */
  public RedisStoreOptions setTimeout(long timeout) {
    this.timeout = atLeast("timeout", timeout, 10);
    return this;
  }

  /** The pause before the first attempt to connect again; it doubles. Default 100 ms. */
  public long getReconnectMin() {
    return reconnectMin;
  }

  /** See {@link #getReconnectMin()}. */
  public RedisStoreOptions setReconnectMin(long reconnectMin) {
    this.reconnectMin = atLeast("reconnectMin", reconnectMin, 1);
    return this;
  }

  /** The longest pause between attempts to connect. Default 5 s. */
  public long getReconnectMax() {
    return reconnectMax;
  }

  /** See {@link #getReconnectMax()}. */
  public RedisStoreOptions setReconnectMax(long reconnectMax) {
    this.reconnectMax = atLeast("reconnectMax", reconnectMax, 1);
    return this;
  }

  /**
   * How many requests may wait, for an answer or for a connection, on each of the two connections;
   * one more fails at once with {@code Unavailable}. A channel has at most a few under way: an
   * append, its cursors, a trim, and a read per reader that lags. Default 65,536.
   */
  public int getMaxPending() {
    return maxPending;
  }

  /** See {@link #getMaxPending()}. */
  public RedisStoreOptions setMaxPending(int maxPending) {
    this.maxPending = (int) atLeast("maxPending", maxPending, 1);
    return this;
  }

  /**
   * How much of a channel's newest messages is kept in memory as well, per channel: readers that
   * lag a little are served from it, and it is what can be put back if Redis restarts without its
   * last writes. Default 1 MiB.
   */
  public int getRecentBytes() {
    return recentBytes;
  }

  /** See {@link #getRecentBytes()}. */
  public RedisStoreOptions setRecentBytes(int recentBytes) {
    this.recentBytes = (int) atLeast("recentBytes", recentBytes, 0);
    return this;
  }

  /**
   * Whether a server is used that evicts keys when its memory is full ({@code maxmemory-policy
   * allkeys-…}): it takes acknowledged messages, positions and whole channels in silence. Without
   * this such a server is refused at connect, if it tells its policy. Default false.
   */
  public boolean isAcceptEviction() {
    return acceptEviction;
  }

  /** See {@link #isAcceptEviction()}. */
  public RedisStoreOptions setAcceptEviction(boolean acceptEviction) {
    this.acceptEviction = acceptEviction;
    return this;
  }

  private static long atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
    return value;
  }
}
