package io.eric.http;

import io.eric.InvalidMessageFormatException;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Framing;
import io.eric.http.internal.guard.GuardedHttpServer;
import io.eric.http.internal.guard.WebSocketMessages;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door, docs/PROTOCOL.md section 4: REST commands and event streams over HTTP/1.1 and
 * HTTP/2. It is deployed on event loops, {@link HttpOptions#getInstances()} times; instances on one
 * port share its connections. Deploying it as a worker or on a virtual thread fails with an {@link
 * IllegalStateException}. Publishes reach channels of the same JVM directly; everything else goes
 * over the event bus.
 */
public final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  /**
   * The limit of Vert.x on the resets of an HTTP/2 connection, per {@link #RESETS_WINDOW_SECONDS}.
   * It is high because Vert.x counts the resets by which clients end event streams as well. The
   * guard has a lower limit, which counts only resets that indicate an attack (CVE-2023-44487).
   */
  private static final int MAX_RESETS_OF_ALL_KINDS = 20_000;

  private static final int RESETS_WINDOW_SECONDS = 10;

  /**
   * How long requests under way may take to finish after the streams have ended, in milliseconds.
   */
  private static final long SHUTDOWN_MS = 2_000;

  private final HttpOptions options;
  private final @Nullable Supplier<Future<Buffer>> metrics;

  private volatile int port;
  private volatile boolean draining;
  private volatile @Nullable Running running;

  /** Creates a door without a metrics page. The options must not change afterwards. */
  public HttpVerticle(HttpOptions options) {
    this(options, null);
  }

  /**
   * As {@link #HttpVerticle(HttpOptions)}, with a metrics page.
   *
   * @param metrics gives the text of {@code /metrics} in the Prometheus text format, without
   *     blocking; it is called on the verticle's context, and a failed future is answered with 500.
   *     Null leaves the page out
   */
  public HttpVerticle(HttpOptions options, @Nullable Supplier<Future<Buffer>> metrics) {
    this.options = options;
    this.metrics = metrics;
  }

  /**
   * Returns the port that the door listens on: the port of the settings, or a free one if that is
   * 0. Before the deployment has succeeded the result is 0. For any thread.
   */
  public int actualPort() {
    return port;
  }

  @Override
  public Future<?> start() {
    if (!context.isEventLoopContext()) {
      return Future.failedFuture(
          new IllegalStateException("deploy the HTTP door on an event loop, not as a worker"));
    }
    Meters meters = Meters.of(vertx);
    DoorBounds bounds = new DoorBounds(vertx, options, meters);
    GuardedHttpServer guarded =
        new GuardedHttpServer(vertx, context, options, meters, bounds.ofOwnConnections());
    Door door =
        new Door(vertx, context, options, bounds, guarded, Entrance.ofServer(options, meters))
            .withPages(vertx, metrics)
            .withBridge(vertx)
            .refusingTheRest();
    HttpServer server = vertx.createHttpServer(serverOptions());
    Runnable unmetered =
        meters.add(
            context,
            readings -> {
              readings.add(GaugeName.HTTP_CONNECTIONS, guarded.connections());
              readings.add(GaugeName.BUFFERED_BODIES, bounds.buffered.used());
              readings.add(GaugeName.UNSENT_ANSWERS, bounds.unsent.bytes());
            });
    Running parts = new Running(door, bounds, guarded, server, unmetered);
    running = parts;
    server
        .requestHandler(door::handle)
        .invalidRequestHandler(request -> refuseMalformed(guarded, request, meters))
        .exceptionHandler(HttpVerticle::connectionFailed)
        // Without this handler Vert.x logs every reset as an error, so that clients could fill the
        // log.
        .connectionHandler(
            open -> guarded.shown(open.exceptionHandler(HttpVerticle::connectionFailed)));
    return door.start()
        .compose(started -> guarded.listen(server, context))
        .onSuccess(
            listening -> {
              port = listening.actualPort();
              LOG.info("HTTP door on {}:{}", options.getHost(), port);
            })
        .recover(
            failure ->
                parts.close().transform(closed -> Future.failedFuture(withAddress(failure))));
  }

  /** Adds the address to the message, because Java's own does not name the port that is in use. */
  private Throwable withAddress(Throwable failure) {
    if (!(failure instanceof BindException)) {
      return failure;
    }
    String address = options.getHost() + ':' + options.getPort();
    return new BindException("cannot serve HTTP on " + address + ": " + failure.getMessage());
  }

  @Override
  public Future<?> stop() {
    Running parts = running;
    running = null;
    return parts == null ? Future.succeededFuture() : parts.close();
  }

  /**
   * Leaves in order. From now on, publishers and new streams are told to come back later, and open
   * streams end with {@code _eric_goodbye}, spread over the given time. The server closes after
   * that; requests under way have two seconds to be answered. The verticle is to be undeployed
   * afterwards. To be called after the deployment, from any thread.
   *
   * @param overMs the time over which the streams end, in milliseconds
   * @return completes when the port is closed, but at once if an earlier call is draining the door
   *     or the door is not running; fails if the server cannot be closed
   */
  public Future<Void> drain(long overMs) {
    Promise<Void> drained = Promise.promise();
    context.runOnContext(
        now -> {
          Running parts = running;
          if (draining || parts == null) {
            drained.complete();
            return;
          }
          draining = true;
          LOG.info("HTTP door on port {} drains {} streams", port, parts.door.streams());
          parts
              .door
              .drain(overMs)
              .transform(ended -> parts.server.shutdown(SHUTDOWN_MS, TimeUnit.MILLISECONDS))
              .onComplete(drained);
        });
    return drained.future();
  }

  private static void connectionFailed(Throwable failure) {
    LOG.debug("a connection failed: {}", failure.toString());
  }

  /** Returns the routes that are served, for the test of the API's description. */
  List<Route> routes() {
    Running parts = running;
    return parts == null ? List.of() : parts.door.routes();
  }

  /**
   * Answers a request whose head could not be read. The rest of the connection is not readable
   * either, so the connection is closed.
   */
  private static void refuseMalformed(
      GuardedHttpServer guarded, HttpServerRequest request, Meters meters) {
    ConnectionGuard guard = guarded.find(request.connection());
    if (guard != null) {
      guard.refuseTheRest();
    }
    String malformed = Framing.complaint(request);
    if (malformed != null) {
      Door.refuseFraming(request, malformed);
      return;
    }
    Throwable cause = request.decoderResult().cause();
    HttpResponseStatus status =
        cause instanceof TooLongHttpLineException
            ? HttpResponseStatus.REQUEST_URI_TOO_LONG
            : cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    if (!status.equals(HttpResponseStatus.BAD_REQUEST)) {
      meters.count(CounterName.HEADS_TOO_LARGE);
    }
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    Problem.send(
        request.response(),
        status.code(),
        new InvalidMessageFormatException("the head of the request is malformed or too long"));
    request.connection().close();
  }

  private HttpServerOptions serverOptions() {
    HttpServerOptions server = new HttpServerOptions();
    server.setHost(options.getHost());
    server.setPort(options.getPort());
    server.setAcceptBacklog(options.getAcceptBacklog());
    server.setSendBufferSize(options.getSendBuffer());
    server.setTcpNoDelay(true);
    server.setTcpKeepAlive(true);
    server.setMaxHeaderSize(options.getMaxHeaderSize());
    server.setMaxInitialLineLength(options.getMaxInitialLine());
    // No frames are compressed here, and the handlers for compression cost something with every
    // write.
    server.setPerMessageWebSocketCompressionSupported(false);
    server.setPerFrameWebSocketCompressionSupported(false);
    int maxMessage = WebSocketMessages.mostBytesFor(options.getMaxBody());
    server.setMaxWebSocketFrameSize(maxMessage);
    server.setMaxWebSocketMessageSize(maxMessage);
    server.setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS_OF_ALL_KINDS);
    server.setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS);
    server.setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    server.setHttp2ClearTextEnabled(options.isHttp2());
    server.setInitialSettings(
        new Http2Settings()
            .setMaxConcurrentStreams(options.getMaxInFlightPerConnection())
            .setMaxHeaderListSize(options.getMaxHeaderSize()));
    return server;
  }

  /** The parts that exist from start to stop. */
  private record Running(
      Door door,
      DoorBounds bounds,
      GuardedHttpServer guarded,
      HttpServer server,
      Runnable unmetered) {

    /**
     * Ends the streams first, so that their channels learn of the end from the edge and not from
     * failed writes.
     */
    private Future<Void> close() {
      unmetered.run();
      return door.close()
          .transform(closed -> server.close())
          .onComplete(
              closed -> {
                guarded.close();
                bounds.close();
              });
    }
  }
}
