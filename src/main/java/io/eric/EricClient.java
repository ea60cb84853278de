package io.eric;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The way to channels from any verticle, on any node of the hub: it needs the Vert.x instance
 * alone. The hub itself, an {@code EricVerticle}, runs in the same Vert.x instance.
 *
 * <p>Safe for any thread; it holds no resource and need not be closed. Futures complete on the
 * caller's context, and fail with the exceptions of this package: {@link UnavailableException} if
 * no hub runs or the hub does not answer in time.
 */
public interface EricClient {

  /** A client of the hub that runs, or will run, in this Vert.x instance. */
  static EricClient create(Vertx vertx) {
    return ServiceLoader.load(Factory.class, EricClient.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("META-INF/services/" + Factory.class.getName()))
        .create(vertx);
  }

  /** As {@link #create(String, JsonObject)}, with the hub's defaults. */
  default Future<Channel> create(String id) {
    return create(id, null);
  }

  /**
   * Creates a channel.
   *
   * @param id 1 to 128 characters out of {@code A-Z a-z 0-9 . _ ~ -}; null for a random one
   * @param options what differs from the hub's defaults, like {@code {"overflow": "wait"}}; null
   *     for nothing. The hub's ceilings bound them
   * @return fails with {@link InvalidChannelException} if the id is taken, with {@link
   *     InvalidMessageFormatException} if the id or an option is not allowed
   */
  Future<Channel> create(@Nullable String id, @Nullable JsonObject options);

  /**
   * Creates a channel, unless there is one of this id already: then that one is given, with the
   * options that it has.
   *
   * @param options as {@link #create(String, JsonObject)}
   */
  Future<Channel> createIfAbsent(String id, @Nullable JsonObject options);

  /**
   * A handle on a channel. The channel is not asked for until the handle is used, so it may be
   * created later.
   */
  Channel channel(String id);

  /** The ids of all channels, in order of creation. */
  Future<List<String>> list();

  /**
   * A part of {@link #list()}.
   *
   * @param after the id that it begins after; null to begin with the first
   * @param limit how many at most, 1 to 10,000
   * @return fewer than {@code limit} at the end of the list; fails with {@link
   *     InvalidChannelException} if there is no channel {@code after} (any more)
   */
  Future<List<String>> list(@Nullable String after, int limit);

  /**
   * Removes a channel with its log; its streams end with {@link Message#CHANNEL_CLOSED}.
   *
   * @return fails with {@link InvalidChannelException} if there is none
   */
  Future<Void> remove(String id);

  /** Makes clients; found by {@link ServiceLoader}. For the library itself. */
  interface Factory {

    /** A client. */
    EricClient create(Vertx vertx);
  }
}
