package io.eric;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Gives any verticle, on any node of the hub, access to channels. It needs nothing but the Vert.x
 * instance; the hub itself, an {@code EricVerticle}, runs in the same Vert.x instance.
 *
 * <p>Safe for any thread; it holds no resource and need not be closed. Futures complete on the
 * caller's context, and fail with the exceptions of this package: {@link UnavailableException} if
 * no hub runs or the hub does not answer in time.
 */
public interface EricClient {

  /** Returns a client of the hub that runs, or will run, in this Vert.x instance. */
  static EricClient create(Vertx vertx) {
    return ServiceLoader.load(Factory.class, EricClient.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("META-INF/services/" + Factory.class.getName()))
        .create(vertx);
  }

  /** Creates a channel like {@link #create(String, JsonObject)}, with the hub's defaults. */
  default Future<Channel> create(String id) {
    return create(id, null);
  }

  /**
   * Creates a channel.
   *
   * @param id 1 to 128 characters out of {@code A-Z a-z 0-9 . _ ~ -}; null for a random one
   * @param options the options that differ from the hub's defaults, like {@code {"overflow":
   *     "wait"}}; null if none does. The hub's ceilings limit them
   * @return fails with {@link InvalidChannelException} if the id is taken, with {@link
   *     InvalidMessageFormatException} if the id or an option is not allowed
   */
  Future<Channel> create(@Nullable String id, @Nullable JsonObject options);

  /**
   * Creates a channel, or returns the existing one with this id, which keeps its own options.
   *
   * @param id 1 to 128 characters out of {@code A-Z a-z 0-9 . _ ~ -}
   * @param options as in {@link #create(String, JsonObject)}
   * @return fails with {@link InvalidMessageFormatException} if the id or an option is not allowed
   */
  Future<Channel> createIfAbsent(String id, @Nullable JsonObject options);

  /**
   * Returns a handle on a channel. The channel is looked up only when the handle is used, so it may
   * be created later.
   *
   * @param id 1 to 128 characters out of {@code A-Z a-z 0-9 . _ ~ -}
   * @throws InvalidMessageFormatException if the id is not allowed; no future could tell it
   */
  Channel channel(String id);

  /** Lists the ids of all channels, in order of creation. */
  Future<List<String>> list();

  /**
   * Lists a part of {@link #list()}.
   *
   * @param after the id after which the part begins; null to begin with the first
   * @param limit the greatest number of ids, 1 to 10,000
   * @return fewer ids than {@code limit} at the end of the list; fails with {@link
   *     InvalidChannelException} if there is no channel {@code after} (any more)
   */
  Future<List<String>> list(@Nullable String after, int limit);

  /**
   * Removes a channel with its log; its streams end with {@link Message#CHANNEL_CLOSED}.
   *
   * @return fails with {@link InvalidChannelException} if there is none
   */
  Future<Void> remove(String id);

  /** Creates clients. {@link ServiceLoader} finds it; it is for the library itself. */
  interface Factory {

    /** Creates a client. */
    EricClient create(Vertx vertx);
  }
}
