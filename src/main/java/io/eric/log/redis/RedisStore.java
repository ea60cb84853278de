package io.eric.log.redis;

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
 * Keeps logs in Redis. They are as durable as Redis is configured: with {@code appendonly yes} and
 * {@code appendfsync always} nothing acknowledged is ever lost; with less, Redis may lose its last
 * writes when its process or machine dies.
 *
 * <p><b>When Redis has lost writes.</b> As long as this process lives, it puts back what it has in
 * memory ({@link RedisStoreOptions#getRecentBytes}). If that is not everything, readers that have
 * not read the rest get one gap. Positions stay valid. If both processes have died, a loss cannot
 * be excluded, so the log's epoch changes: a client that resumes gets one gap, then what is
 * retained. The same holds for a server that has snapshots only ({@code save}), and for one that
 * does not tell its settings ({@code CONFIG GET}).
 *
 * <p><b>Ownership.</b> The process that opens a channel owns it. A process that had opened the
 * channel before cannot write to it any more.
 *
 * <p><b>When Redis is down.</b> Operations wait for a connection up to {@link
 * RedisStoreOptions#getTimeout}, and then fail with {@link io.eric.UnavailableException}. Once
 * Redis has been down for longer than that, they fail at once. The store reconnects by itself.
 *
 * <p>Safe for any thread and for many channels at once. A log is for the context of its channel.
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
   * Creates a store, which begins to connect. Channels may be opened at once.
   *
   * @throws IllegalStateException if the Redis client is not on the class path
   */
  public static RedisStore create(Vertx vertx, RedisStoreOptions options) {
    OptionalDependency.REDIS_CLIENT.require("a store in Redis is asked for");
    return new RedisStore(vertx, new RedisStoreOptions(options));
  }

  /**
   * Completes, on the caller's context, once there is a connection. Fails with a {@link
   * RepositoryException} that tells the hub's operator why, if there is none within 10 s or the
   * {@linkplain RedisStoreOptions#getTimeout time-out}, whichever is longer, or at once if the
   * store refuses the server.
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
      // Redis may have lost data between two reads, so what was read may not fit together.
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

  /** Notes that a log is closed or deleted. */
  void ended(RedisLogStorage storage) {
    storages.remove(storage);
  }

  private static <R> Future<R> on(Context context, Future<R> elsewhere) {
    Promise<R> promise = Promise.promise();
    elsewhere.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  private static <R> Future<R> failure(Throwable cause) {
    return Future.failedFuture(RepositoryException.of(cause));
  }
}
