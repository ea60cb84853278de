package io.eric.log.redis;

import io.eric.EricException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.options.RedisStoreOptions;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to Redis that is replaced whenever it is lost. Requests are pipelined and answered
 * in order. Those that come while there is no connection wait for one, but not longer than the
 * time-out. A missing answer ends the connection, and then the outcome of everything that was sent
 * over it is unknown.
 *
 * <p>Safe from any thread; futures complete on the link's own context.
 */
final class RedisLink {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  /** Replies by which a server says that it cannot serve at this moment, but will later. */
  private static final Set<String> NOT_NOW =
      Set.of("LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS");

  /** Replies after which only a new connection helps. */
  private static final Set<String> CONNECT_ANEW = Set.of("NOSCRIPT", "READONLY", "NOAUTH");

  private static final String NO_CONNECTION = "there is no connection to it";

  private static final String CLOSED = "CONNECTION_CLOSED";

  /**
   * How long to wait for the first connection, in milliseconds: a cold process is slow, and a
   * server that is started together with the hub may not be ready.
   */
  private static final long FIRST_CONNECTION_MS = 10_000;

  private final Vertx vertx;
  private final Context context;
  private final String name;
  private final RedisStoreOptions options;
  private final Consumer<Session> whenConnected;

  /** The requests that wait for their answers, in the order of the answers. */
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();

  private final ArrayDeque<AwaitingSession> waiting = new ArrayDeque<>();
  private final long watchdog;
  private volatile @Nullable Session session;
  private volatile @Nullable String problem = "not connected yet";
  private @Nullable Redis connecting;
  private long downSince = now();
  private long pause;
  private long patience;
  private boolean reported;
  private boolean refused;
  private boolean closed;

  /**
   * Creates a link, which begins to connect.
   *
   * @param name the server's name for messages, without credentials
   * @param whenConnected is told of every new connection, on the link's context
   */
  RedisLink(Vertx vertx, String name, RedisStoreOptions options, Consumer<Session> whenConnected) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.name = name;
    this.options = options;
    this.whenConnected = whenConnected;
    this.pause = options.getReconnectMin();
    this.patience = Math.max(options.getTimeout(), FIRST_CONNECTION_MS);
    this.watchdog =
        vertx.setPeriodic(
            Math.max(1, options.getTimeout() / 4), timer -> context.runOnContext(v -> watch()));
    context.runOnContext(v -> connect());
  }

  /** Returns the present connection; {@code null} if there is none. */
  @Nullable Session session() {
    return session;
  }

  /** Returns why there is no connection; {@code null} if there is one. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * Returns the connection as soon as there is one; fails with {@link UnavailableException} if
   * there is none in time.
   */
  Future<Session> connected() {
    Promise<Session> promise = Promise.promise();
    context.runOnContext(v -> whenUp(new AwaitingSession(promise, now())));
    return promise.future();
  }

  /**
   * Sends requests together.
   *
   * @param only the only connection to send them over; {@code null} for any, including one that is
   *     still to come
   * @return the answers; fails with {@link UnavailableException} if there is no connection, no
   *     answer, or an answer that Redis cannot serve now, and with {@link RefusedException} if
   *     Redis answers with another error
   */
  Future<List<Response>> send(List<Request> requests, @Nullable Session only) {
    Promise<List<Response>> promise = Promise.promise();
    context.runOnContext(
        v -> {
          if (only != null) {
            transmit(only, requests, promise);
            return;
          }
          Promise<Session> up = Promise.promise();
          up.future()
              .onSuccess(current -> transmit(current, requests, promise))
              .onFailure(promise::fail);
          whenUp(new AwaitingSession(up, now()));
        });
    return promise.future();
  }

  /** Sends one request. */
  Future<Response> send(Request request, @Nullable Session only) {
    return send(List.of(request), only).map(answers -> answers.get(0));
  }

  /** Ends the connection. Everything that waits fails. */
  Future<Void> close() {
    vertx.cancelTimer(watchdog);
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          closed = true;
          Session last = session;
          session = null;
          problem = "closed";
          failWaiting(Long.MAX_VALUE);
          failSent("the store was closed");
          Redis half = connecting;
          connecting = null;
          Future<Void> ended =
              last != null
                  ? last.end()
                  : half != null ? half.close() : Future.<Void>succeededFuture();
          ended.onComplete(closing -> done.complete());
        });
    return done.future();
  }

  private void whenUp(AwaitingSession one) {
    Session current = session;
    if (current != null) {
      one.promise.complete(current);
    } else if (closed) {
      one.promise.fail(new RepositoryException("the store is closed", null));
    } else if (refused
        || waiting.size() >= options.getMaxPending()
        || now() - downSince > patienceNanos()) {
      one.promise.fail(unavailable(NO_CONNECTION));
    } else {
      waiting.add(one);
    }
  }

  private void transmit(Session current, List<Request> requests, Promise<List<Response>> promise) {
    if (current != session) {
      promise.fail(unavailable("the connection has changed"));
      return;
    }
    if (sent.size() + requests.size() > options.getMaxPending()) {
      promise.fail(unavailable("too many requests are under way"));
      return;
    }
    sent.add(new Sent(promise, now()));
    Future<List<Response>> answers =
        requests.size() == 1
            ? current.connection().send(requests.get(0)).map(RedisLink::listOf)
            : current.connection().batch(requests);
    answers.onComplete(
        done -> {
          // An answer that comes after the connection was given up is too late: the caller has been
          // told that it failed.
          if (current == session) {
            sent.poll();
            complete(current, done, promise);
          }
        });
  }

  @SuppressWarnings("NullAway") // a null reply is an answer, too
  private static List<Response> listOf(Response response) {
    return Collections.singletonList(response);
  }

  private void complete(
      Session current, AsyncResult<List<Response>> done, Promise<List<Response>> promise) {
    if (done.succeeded()) {
      promise.complete(done.result());
      return;
    }
    Throwable cause = done.cause();
    String message = String.valueOf(cause.getMessage());
    boolean isReply =
        cause instanceof Response reply
            && reply.type() == ResponseType.ERROR
            && !message.equals(CLOSED);
    if (!isReply) {
      promise.fail(unavailable("the connection was lost"));
      lost(current, message.equals(CLOSED) ? "the connection was closed" : message);
      return;
    }
    String code = message.split(" ", 2)[0];
    if (CONNECT_ANEW.contains(code)) {
      lost(current, message);
      promise.fail(unavailable(code));
    } else if (NOT_NOW.contains(code)) {
      promise.fail(unavailable(code));
    } else {
      promise.fail(new RefusedException(code, cause));
    }
  }

  /** Returns a failure that clients may see, so it has no addresses (CWE-209). The log has them. */
  private static EricException unavailable(String why) {
    return new UnavailableException("the store does not serve: " + why);
  }

  // ---- the life of connections

  private void connect() {
    if (closed) {
      return;
    }
    Redis client = Redis.createClient(vertx, clientOptions());
    connecting = client;
    client
        .connect()
        .compose(
            connection -> {
              // Ignored: if the connection ends now, the requests of Session.begin fail.
              connection.exceptionHandler(e -> {});
              return Session.begin(client, connection, options);
            })
        .timeout(patience, TimeUnit.MILLISECONDS)
        .onComplete(done -> context.runOnContext(v -> connected(client, done)));
  }

  private RedisOptions clientOptions() {
    RedisOptions client =
        new RedisOptions()
            .setConnectionString(options.getUri())
            .setMaxWaitingHandlers(options.getMaxPending() + Script.values().length + 8)
            .setMaxPoolSize(1)
            .setMaxPoolWaiting(1)
            .setPoolCleanerInterval(-1);
    client
        .getNetClientOptions()
        .setConnectTimeout((int) Math.min(patience, Integer.MAX_VALUE))
        .setTcpKeepAlive(true)
        .setHostnameVerificationAlgorithm("HTTPS");
    return client;
  }

  private void connected(Redis client, AsyncResult<Session> done) {
    if (closed || client != connecting) {
      client.close();
      return;
    }
    connecting = null;
    if (done.failed()) {
      client.close();
      refused = done.cause() instanceof RepositoryException;
      down(String.valueOf(done.cause().getMessage()));
      if (refused) {
        failWaiting(Long.MAX_VALUE); // waiting does not help, because a setting has to be changed
      }
      return;
    }
    Session begun = done.result();
    begun.connection().endHandler(v -> context.runOnContext(w -> lost(begun, "it was closed")));
    begun
        .connection()
        .exceptionHandler(
            e -> context.runOnContext(w -> lost(begun, String.valueOf(e.getMessage()))));
    session = begun;
    problem = null;
    refused = false;
    patience = options.getTimeout();
    pause = options.getReconnectMin();
    reported = false;
    LOG.info("connected to Redis at {}", name);
    for (AwaitingSession one = waiting.poll(); one != null; one = waiting.poll()) {
      one.promise.complete(begun);
    }
    whenConnected.accept(begun);
  }

  private void lost(Session which, String why) {
    if (which != session) {
      return;
    }
    session = null;
    downSince = now();
    which.end();
    failSent("the connection was lost");
    down(why);
  }

  private void down(String why) {
    problem = why;
    if (!reported) {
      LOG.warn("no connection to Redis at {}: {}; trying again until there is one", name, why);
      reported = true;
    }
    vertx.setTimer(pause, timer -> context.runOnContext(v -> connect()));
    pause = Math.min(pause * 2, options.getReconnectMax());
  }

  private void watch() {
    Session current = session;
    if (current == null) {
      failWaiting(now() - patienceNanos());
      return;
    }
    Sent oldest = sent.peek();
    if (oldest == null) {
      // So that a server that hangs is noticed even while the hub sends nothing.
      transmit(current, List.of(Request.cmd(Command.PING)), Promise.promise());
    } else if (now() - oldest.since > timeoutNanos()) {
      lost(current, "no answer within " + options.getTimeout() + " ms");
    }
  }

  /** Fails the requests that have no answer yet. Their outcome is unknown. */
  private void failSent(String why) {
    for (Sent one = sent.poll(); one != null; one = sent.poll()) {
      one.promise.fail(unavailable(why));
    }
  }

  private void failWaiting(long since) {
    while (!waiting.isEmpty() && waiting.peek().since <= since) {
      waiting.remove().promise.fail(unavailable(NO_CONNECTION));
    }
  }

  private long patienceNanos() {
    return TimeUnit.MILLISECONDS.toNanos(patience);
  }

  private long timeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(options.getTimeout());
  }

  private static long now() {
    return System.nanoTime();
  }

  /** Requests that were sent together, and wait for their answers. */
  private record Sent(Promise<List<Response>> promise, long since) {}

  /** A caller that waits for a connection. */
  private record AwaitingSession(Promise<Session> promise, long since) {}

  /** Says that Redis has answered with an error, and has done nothing. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The first word of the answer. */
    final String code;

    RefusedException(String code, Throwable cause) {
      super("Redis answered " + code, cause);
      this.code = code;
    }
  }
}
