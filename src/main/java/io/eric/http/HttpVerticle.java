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
 * HTTP/2. Deploy it as often as {@link HttpOptions#getInstances()} says, on event loops; instances
 * on one port share its connections. It reaches channels over the event bus alone.
 */
public final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  /**
   * Resets of an HTTP/2 connection, in ten seconds: Vert.x counts those of streams too, which end
   * just so. The guard counts those that tell an attack (CVE-2023-44487).
   */
  private static final int MAX_RESETS_OF_ALL_KINDS = 20_000;

  private static final int RESETS_WINDOW_SECONDS = 10;

  /** How long requests under way may take to finish after the streams are drained. */
  private static final long SHUTDOWN_MS = 2_000;

  private final HttpOptions options;
  private final @Nullable Supplier<Future<Buffer>> metrics;

  private volatile int port;
  private volatile boolean draining;
  private volatile @Nullable Running running;

  /** A door with these settings; they must not change any more. */
  public HttpVerticle(HttpOptions options) {
    this(options, null);
  }

  /**
   * As {@link #HttpVerticle(HttpOptions)}.
   *
   * @param metrics gives the text of {@code /metrics}, in Prometheus' form, without blocking; null
   *     for a door without that page
   */
  public HttpVerticle(HttpOptions options, @Nullable Supplier<Future<Buffer>> metrics) {
    this.options = options;
    this.metrics = metrics;
  }

  /** The port that is listened on, once deployed: the one of the settings unless that is 0. */
  public int actualPort() {
    return port;
  }

  @Override
  public Future<?> start() {
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
        // Without it Vert.x logs every reset as an error, and anybody could fill the log.
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

  /** Java's message does not say which port it is that somebody else has. */
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
   * Leaves in order: publishers and new streams are told to come back later from now on, open
   * streams end with {@code _eric_goodbye}, spread over the given time; then the server closes.
   * Requests under way are answered. Undeploy the verticle afterwards.
   *
   * @param overMs time for the streams, in milliseconds
   * @return completed when the port is closed; from any thread
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

  /** The routes that are served, for the description of the API. */
  List<Route> routes() {
    Running parts = running;
    return parts == null ? List.of() : parts.door.routes();
  }

  /** The head could not be read; the rest of the connection cannot be either. */
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
    // Nobody compresses frames here, and the handlers for it cost something with every write.
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

  /** What lives from start to stop. */
  private record Running(
      Door door,
      DoorBounds bounds,
      GuardedHttpServer guarded,
      HttpServer server,
      Runnable unmetered) {

    /** Streams first, so that their channels learn it from the edge and not from broken writes. */
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
