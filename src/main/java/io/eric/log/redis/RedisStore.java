package io.eric.log.redis;

import io.eric.EricException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.internal.OptionalDependency;
import io.eric.log.ChannelDefinition;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.LogRestoration;
import io.eric.log.redis.RedisLogStorage.Opened;
import io.eric.options.RedisStoreOptions;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps logs in Redis, as durable as Redis is configured: with {@code appendonly yes} and {@code
 * appendfsync always} nothing acknowledged is ever lost; with less, Redis may lose its last writes
 * when its process or machine dies.
 *
 * <p><b>What happens then.</b> While this process lives, it puts back what it has in memory ({@link
 * RedisStoreOptions#getRecentBytes}), and if that is not all of it, readers that have not read the
 * rest get one gap; positions stay valid. When both have died, the log's epoch changes, since its
 * loss cannot be excluded: a client that resumes gets one gap, then what is retained. So it is also
 * with snapshots only ({@code save}), and with a server that does not tell its settings ({@code
 * CONFIG GET}).
 *
 * <p><b>One owner.</b> The process that opens a channel owns it; a process that had opened it
 * before can write no more.
 *
 * <p><b>Redis down.</b> Operations wait for a connection up to {@link RedisStoreOptions#getTimeout}
 * and fail with {@link io.eric.UnavailableException}; once it is down for longer, they fail at
 * once. The store connects again by itself.
 *
 * <p>Safe for use by many channels at once.
 */
public final class RedisStore implements MessageStore {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Vertx vertx;
  private final RedisStoreOptions options;
  private final String name;
  private final RedisLink writes;
  private final RedisLink reads;
  private final Set<RedisLogStorage> storages = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RedisStore(Vertx vertx, RedisStoreOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.name = options.getUri().replaceFirst("//[^/]*@", "//").replaceFirst("\\?.*", "");
    this.writes =
        new RedisLink(
            vertx, name, options, session -> storages.forEach(RedisLogStorage::reconnected));
    this.reads = new RedisLink(vertx, name, options, session -> {});
  }

  /**
   * A store that begins to connect; channels may be opened at once.
   *
   * @throws IllegalStateException if the Redis client is not on the class path
   */
  public static RedisStore create(Vertx vertx, RedisStoreOptions options) {
    OptionalDependency.REDIS_CLIENT.require("a store in Redis is asked for");
    return new RedisStore(vertx, new RedisStoreOptions(options));
  }

  /**
   * Completes once there is a connection; fails, saying why to the operator of the hub, if there is
   * none within 10 s, or at once if the server is one that is refused.
   */
  public Future<Void> connected() {
    return on(vertx.getOrCreateContext(), writes.connected())
        .<Void>mapEmpty()
        .recover(
            failure ->
                Future.failedFuture(
                    new RepositoryException(
                        String.valueOf(problem() == null ? failure.getMessage() : problem()),
                        failure)));
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    if (closed) {
      return Future.failedFuture(new RepositoryException("the store is closed", null));
    }
    Context context = vertx.getOrCreateContext();
    String owner = Long.toHexString(RANDOM.nextLong());
    return on(context, writes.connected())
        .compose(session -> own(context, channelId, owner, session))
        .compose(
            opened -> {
              LogRestoration<EntryReference> past =
                  ChannelLog.restore(opened.epoch(), 0, retention);
              RedisLogStorage storage =
                  new RedisLogStorage(this, channelId, owner, opened, vertx, context, past.state());
              return storage.restore(past, opened).map(restored -> opened(past, storage));
            })
        .recover(RedisStore::failure);
  }

  private Future<Opened> own(Context context, String channelId, String owner, Session session) {
    Keys keys = Keys.of(options.getPrefix(), channelId);
    Request request =
        Script.OPEN
            .call(List.of(keys.head(), keys.cursors(), keys.lost(), keys.listeners(), keys.log()))
            .arg(owner)
            .arg(session.runId())
            .arg(session.keepsAll() ? 1 : 0)
            .arg(Epoch.random());
    return on(context, writes.send(request, session)).map(answer -> Opened.of(session, answer));
  }

  private MessageLog opened(LogRestoration<EntryReference> past, RedisLogStorage storage) {
    if (!storage.isVerified()) {
      // What was read may be from before a loss, or from after it.
      throw new UnavailableException("the connection to Redis was lost while opening");
    }
    MessageLog log = past.open(storage);
    storages.add(storage);
    return log;
  }

  @Override
  public Future<List<ChannelDefinition>> definitions() {
    Request all = Request.cmd(Command.HGETALL).arg(Keys.definitions(options.getPrefix()));
    return on(vertx.getOrCreateContext(), writes.send(all, null))
        .map(RedisStore::inOrder)
        .recover(RedisStore::failure);
  }

  private static List<ChannelDefinition> inOrder(Response answer) {
    record Numbered(long number, ChannelDefinition definition) {}
    List<Numbered> all = new ArrayList<>();
    for (String id : answer.getKeys()) {
      String text = answer.get(id).toString();
      int space = text.indexOf(' ');
      JsonObject definition = new JsonObject(text.substring(space + 1));
      all.add(
          new Numbered(
              Long.parseLong(text.substring(0, space)), new ChannelDefinition(id, definition)));
    }
    all.sort(Comparator.comparingLong(Numbered::number));
    return all.stream().map(Numbered::definition).toList();
  }

  @Override
  public Future<Void> define(ChannelDefinition definition) {
    Request request =
        Script.DEFINE
            .call(
                List.of(
                    Keys.definitions(options.getPrefix()),
                    Keys.newestDefinition(options.getPrefix())))
            .arg(definition.id())
            .arg(definition.options().encode());
    return on(vertx.getOrCreateContext(), writes.send(request, null))
        .<Void>mapEmpty()
        .recover(RedisStore::failure);
  }

  @Override
  public @Nullable String problem() {
    for (RedisLink link : List.of(writes, reads)) {
      String problem = link.problem();
      if (problem != null) {
        return "no connection to Redis at " + name + ": " + problem;
      }
    }
    for (RedisLogStorage storage : storages) {
      RepositoryException fenced = storage.fenced();
      if (fenced != null) {
        return fenced.getMessage();
      }
    }
    return null;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.join(writes.close(), reads.close()).mapEmpty();
  }

  RedisLink writes() {
    return writes;
  }

  RedisLink reads() {
    return reads;
  }

  RedisStoreOptions options() {
    return options;
  }

  /** A log is closed or deleted. */
  void ended(RedisLogStorage storage) {
    storages.remove(storage);
  }

  private static <R> Future<R> on(Context context, Future<R> elsewhere) {
    Promise<R> promise = Promise.promise();
    elsewhere.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  private static <R> Future<R> failure(Throwable cause) {
    return Future.failedFuture(
        cause instanceof EricException
            ? cause
            : new RepositoryException("the store failed", cause));
  }
}
