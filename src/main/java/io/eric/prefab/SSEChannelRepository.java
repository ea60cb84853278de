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
 * {@link KvStorage}. What it loads is not deployed: register it with a {@link ChannelContainer},
 * then its listeners are there, not started. Messages are not its matter but the {@link
 * io.eric.log.MessageStore}'s: a listener goes on at its position if the log is the one that the
 * position is of, else it collects from then on; and what the log itself knows of a listener is
 * newer and wins.
 *
 * <p>Keys: {@code channel/<id>}, and {@code listener/<channel id>/<listener id>}; a channel id
 * holds no slash, so that no channel's prefix is another's.
 *
 * <p>Writes of one channel are not one transaction. After a failure, or a crash in between, repeat
 * the call: all of them are idempotent. Use one repository at a time for a channel.
 *
 * <p>Futures complete on the caller's context, wherever the storage's do.
 */
public class SSEChannelRepository {

  private static final String CHANNEL = "channel/";
  private static final String LISTENER = "listener/";

  private final KvStorage storage;

  /** A repository on this storage, which the caller closes if it has to be. */
  public SSEChannelRepository(KvStorage storage) {
    this.storage = storage;
  }

  /**
   * Makes a channel; nothing is stored.
   *
   * @param channelData as {@link SSEChannelOptions#toJson} gives it; absent settings have their
   *     defaults, an absent {@code id} is a random one
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public SSEChannel create(JsonObject channelData) {
    return newChannel(SSEChannelOptions.fromJson(channelData));
  }

  /** Override this to load channels of a class of your own. */
  protected SSEChannel newChannel(SSEChannelOptions options) {
    return new SSEChannel(options);
  }

  /**
   * All channels, by id.
   *
   * @return fails with {@link RepositoryException} if the storage fails or one of them is no
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
              for (JsonObject data : found.values()) { // one by one, not all at the storage at once
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
   * One channel.
   *
   * @return fails with {@link InvalidChannelException} if it is not in the storage
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
   * Stores a channel as it is now, in place of what was stored of it before: its listeners too, and
   * those it no longer has are deleted.
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

  /** Deletes what is stored of a channel; the channel itself lives on. Idempotent. */
  public Future<Void> delete(String channelId) {
    return CallersContext.of(() -> forget(channelId));
  }

  private Future<Void> forget(String channelId) {
    // The channel goes last: what fails in between can be repeated, and leaves no orphans.
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
