package io.eric.prefab;

import io.eric.Ids;
import io.eric.InvalidChannelException;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.channel.ChannelContainer;
import io.eric.channel.SSEChannel;
import io.eric.internal.CallersContext;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@link SSEChannel}s, with their options, listeners and the listeners' positions, in a
 * {@link KvStorage}. A channel that it loads is not deployed: register it with a {@link
 * ChannelContainer}, and its listeners are there, but not started. Messages are kept by the {@link
 * io.eric.log.MessageStore}, not here: a listener goes on at its position if that is a position of
 * the channel's log, and otherwise collects from then on. If the log itself knows a listener, the
 * log's knowledge is newer and wins.
 *
 * <p>The keys are {@code channel/<id>} and {@code listener/<channel id>/<listener id>}. A channel
 * id has no slash, so no channel's prefix begins with that of another one.
 *
 * <p>The writes for one channel are not a transaction. After a failure, or a crash in between,
 * repeat the call: all calls are idempotent. Use one repository at a time for a channel.
 *
 * <p>Methods may be called from any thread. Futures complete on the caller's Vert.x context, if it
 * has one, wherever those of the storage complete.
 */
public class SSEChannelRepository {

  private static final String CHANNEL = "channel/";
  private static final String LISTENER = "listener/";

  private final KvStorage storage;

  /** Creates a repository on this storage, which the caller closes if it has to be. */
  public SSEChannelRepository(KvStorage storage) {
    this.storage = storage;
  }

  /**
   * Makes a channel. Nothing is stored.
   *
   * @param channelData the settings, as {@link SSEChannelOptions#toJson} gives them; absent ones
   *     have their defaults, and without {@code id} the channel gets a random one
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public SSEChannel create(JsonObject channelData) {
    return newChannel(new SSEChannelOptions(channelData));
  }

  /** Makes a channel with these options. Override it to load channels of a class of your own. */
  protected SSEChannel newChannel(SSEChannelOptions options) {
    return new SSEChannel(options);
  }

  /**
   * Loads all channels, by id.
   *
   * @return fails with {@link RepositoryException} if the storage fails or an item is no valid
   *     channel
   */
  public Future<List<SSEChannel>> loadAll() {
    return CallersContext.of(this::all);
  }

  private Future<List<SSEChannel>> all() {
    return storage
        .fetchByPrefix(CHANNEL)
        .compose(
            found -> {
              Future<List<SSEChannel>> loaded = Future.succeededFuture(new ArrayList<>());
              for (JsonObject data : found.values()) { // one by one, to spare the storage
                loaded = loaded.compose(channels -> load(data).map(each -> add(channels, each)));
              }
              return loaded;
            });
  }

  private static List<SSEChannel> add(List<SSEChannel> channels, SSEChannel channel) {
    channels.add(channel);
    return channels;
  }

  /**
   * Loads one channel.
   *
   * @return fails with {@link InvalidChannelException} if the channel is not in the storage, {@link
   *     RepositoryException} if the storage fails or the item is no valid channel
   */
  public Future<SSEChannel> loadOne(String channelId) {
    return CallersContext.of(() -> one(channelId));
  }

  private Future<SSEChannel> one(String channelId) {
    return storage
        .fetchOne(CHANNEL + Ids.check("channel", channelId))
        .compose(
            found ->
                found.isPresent()
                    ? load(found.get())
                    : Future.failedFuture(InvalidChannelException.unknown(channelId)));
  }

  private Future<SSEChannel> load(JsonObject data) {
    SSEChannel channel;
    try {
      channel = create(data);
    } catch (RuntimeException e) {
      return Future.failedFuture(
          new RepositoryException("the storage holds no valid channel: " + e.getMessage(), e));
    }
    return storage
        .fetchByPrefix(listenersOf(channel.id()))
        .map(
            found -> {
              Map<String, @Nullable Position> listeners = new LinkedHashMap<>();
              for (JsonObject listener : found.values()) {
                listeners.put(
                    listener.getString("listener"), Position.parse(listener.getString("position")));
              }
              channel.restore(listeners);
              return channel;
            });
  }

  /**
   * Stores a channel and its listeners as they are now, in place of what was stored before.
   * Listeners that the channel no longer has are deleted.
   *
   * @return fails with {@link RepositoryException} if the storage fails, or as {@link
   *     SSEChannel#getConnections()} does
   */
  public Future<Void> persist(SSEChannel channel) {
    return CallersContext.of(() -> store(channel));
  }

  private Future<Void> store(SSEChannel channel) {
    JsonObject data = channel.options().toJson().put("id", channel.id());
    String prefix = listenersOf(channel.id());
    return storage
        .upsert(CHANNEL + channel.id(), data)
        .compose(stored -> channel.listenersAndPositions())
        .compose(
            listeners ->
                storage
                    .fetchByPrefix(prefix)
                    .compose(
                        before -> {
                          Future<Void> done = Future.succeededFuture();
                          for (Map.Entry<String, @Nullable Position> each : listeners.entrySet()) {
                            JsonObject item = listener(each.getKey(), each.getValue());
                            String key = prefix + each.getKey();
                            if (!item.equals(before.get(key))) {
                              done = done.compose(next -> storage.upsert(key, item));
                            }
                          }
                          for (String key : before.keySet()) {
                            if (!listeners.containsKey(key.substring(prefix.length()))) {
                              done = done.compose(next -> storage.delete(key));
                            }
                          }
                          return done;
                        }));
  }

  private static JsonObject listener(String id, @Nullable Position position) {
    JsonObject item = new JsonObject().put("listener", id);
    return position == null ? item : item.put("position", position.toString());
  }

  /** Deletes the stored items of a channel; the channel itself lives on. Idempotent. */
  public Future<Void> delete(String channelId) {
    return CallersContext.of(() -> forget(channelId));
  }

  private Future<Void> forget(String channelId) {
    // The channel's item goes last, so that a call which fails in between can be repeated and
    // leaves no orphans.
    return storage
        .fetchByPrefix(listenersOf(Ids.check("channel", channelId)))
        .compose(
            found -> {
              Future<Void> done = Future.succeededFuture();
              for (String key : found.keySet()) {
                done = done.compose(next -> storage.delete(key));
              }
              return done;
            })
        .compose(gone -> storage.delete(CHANNEL + channelId));
  }

  private static String listenersOf(String channelId) {
    return LISTENER + channelId + '/';
  }
}
