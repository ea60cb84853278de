package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Which Redis a {@link io.eric.log.redis.RedisStore RedisStore} uses, and how. Times are in
 * milliseconds, sizes in bytes.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class RedisStoreOptions {

  private static final Pattern URI = Pattern.compile("(redis|rediss|unix)://.+");

  /** The client's own limit, an {@code int}, is somewhat larger than the setting. */
  private static final int MOST_PENDING = 1_000_000_000;

  private String uri = "redis://localhost:6379";
  private String prefix = "eric:";
  private long timeout = 1_500;
  private long reconnectMin = 100;
  private long reconnectMax = 5_000;
  private int maxPending = 65_536;
  private int recentBytes = 1 << 20;
  private boolean acceptEviction;

  /** Creates options that have the defaults. */
  public RedisStoreOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public RedisStoreOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public RedisStoreOptions(RedisStoreOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults and the password in the address included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the address of Redis: {@code redis://user:password@host:port/database}, {@code
   * rediss://} for TLS, or {@code unix:///path/of/socket}. It must be a single server, version 6.2
   * or later (or Valkey), not a Redis Cluster. The default is {@code redis://localhost:6379}.
   */
  public String getUri() {
    return uri;
  }

  /** See {@link #getUri()}. */
  public RedisStoreOptions setUri(String uri) {
    if (!URI.matcher(Objects.requireNonNull(uri, "uri")).matches()) {
      // The address is not shown, because it may contain a password.
      throw new IllegalArgumentException("uri must start with redis://, rediss:// or unix://");
    }
    this.uri = uri;
    return this;
  }

  /**
   * Returns the text that all keys begin with, so that several hubs can share a database. Two hubs
   * with the same prefix take each other's channels over. The default is {@code eric:}.
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
   * Returns how long an operation waits for an answer, and as long again for a missing connection,
   * before it fails. After a missing answer the connection is made anew. An append that meets both
   * fails after three times this at the latest. For its first connection a store waits at least 10
   * s. The range is 10 ms to ten years, the default 1.5 s.
   */
  public long getTimeout() {
    return timeout;
  }

  /** See {@link #getTimeout()}. */
  public RedisStoreOptions setTimeout(long timeout) {
    this.timeout = Range.between("timeout", timeout, 10, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns the pause before the first attempt to reconnect, which doubles with each further one.
   * The range is 1 ms to ten years, the default 100 ms.
   */
  public long getReconnectMin() {
    return reconnectMin;
  }

  /** See {@link #getReconnectMin()}. */
  public RedisStoreOptions setReconnectMin(long reconnectMin) {
    this.reconnectMin = Range.between("reconnectMin", reconnectMin, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns the longest pause between attempts to reconnect. The range is 1 ms to ten years, the
   * default 5 s.
   */
  public long getReconnectMax() {
    return reconnectMax;
  }

  /** See {@link #getReconnectMax()}. */
  public RedisStoreOptions setReconnectMax(long reconnectMax) {
    this.reconnectMax = Range.between("reconnectMax", reconnectMax, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how many requests may wait on each of the two connections, for an answer or for the
   * connection; a further one fails at once with {@code Unavailable}. A channel has at most a few
   * under way: an append, its cursors, a trim, and a read per reader that lags. The range is 1 to
   * 1,000,000,000, the default 65,536.
   */
  public int getMaxPending() {
    return maxPending;
  }

  /** See {@link #getMaxPending()}. */
  public RedisStoreOptions setMaxPending(int maxPending) {
    this.maxPending = Range.between("maxPending", maxPending, 1, MOST_PENDING);
    return this;
  }

  /**
   * Returns how many bytes of a channel's newest messages are kept in memory too, per channel.
   * Readers that lag a little are served from them, and they can be put back if Redis restarts
   * without its last writes. The minimum is 0, the default 1 MiB.
   */
  public int getRecentBytes() {
    return recentBytes;
  }

  /** See {@link #getRecentBytes()}. */
  public RedisStoreOptions setRecentBytes(int recentBytes) {
    this.recentBytes = Range.atLeast("recentBytes", recentBytes, 0);
    return this;
  }

  /**
   * Returns whether a server is used that evicts keys when its memory is full ({@code
   * maxmemory-policy allkeys-…}), which silently removes acknowledged messages, positions and whole
   * channels. With false, the default, such a server is refused at connect if it tells its policy.
   */
  public boolean isAcceptEviction() {
    return acceptEviction;
  }

  /** See {@link #isAcceptEviction()}. */
  public RedisStoreOptions setAcceptEviction(boolean acceptEviction) {
    this.acceptEviction = acceptEviction;
    return this;
  }
}
