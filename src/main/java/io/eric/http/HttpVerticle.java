package io.eric.http;

import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.RepositoryException;
import io.eric.http.internal.guard.ByteBudget;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Deadlines;
import io.eric.http.internal.guard.Framing;
import io.eric.http.internal.guard.GuardedHttpServer;
import io.eric.http.internal.guard.RequestQuota;
import io.eric.http.internal.guard.UnsentAnswers;
import io.eric.http.internal.guard.WebSocketMessages;
import io.eric.http.internal.sse.ChunkFrames;
import io.eric.http.internal.sse.SseFormat;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.edge.Edge;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Health;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
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

  private static final long RESET_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

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
  private List<Route> routes = List.of();

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
    SseFormat format = new SseFormat();
    ChunkFrames frames = new ChunkFrames();
    Edge edge = new Edge(vertx, format, options.getEdge());
    Deadlines requestDeadlines = new Deadlines(vertx, options.getRequestTimeout());
    Deadlines idleDeadlines = new Deadlines(vertx, options.getIdleTimeout());
    Deadlines publishDeadlines = new Deadlines(vertx, options.publishTimeouts().publish());
    Meters meters = Meters.of(vertx);
    Deadlines answerDeadlines = new Deadlines(vertx, options.getEdge().getWriteDeadline());
    UnsentAnswers unsent =
        new UnsentAnswers(
            options.getMaxUnsentAnswersPerConnection(),
            options.effectiveMaxUnsentAnswers(),
            answerDeadlines,
            meters);
    ByteBudget buffered =
        new ByteBudget(
            options.effectiveMaxBufferedBodies(), options.effectiveMaxBufferedBodiesPerClient());
    GuardedHttpServer guarded =
        new GuardedHttpServer(
            vertx,
            context,
            options,
            meters,
            new ConnectionGuard.Limits(
                options.getMaxInFlightBytesPerConnection(),
                options.getMaxResetsPerConnection(),
                RESET_WINDOW_NANOS,
                requestDeadlines,
                idleDeadlines,
                unsent,
                buffered,
                new RequestQuota(options.effectiveMaxRequests())));
    BodyReader bodies = new BodyReader(options.getMaxBody(), requestDeadlines, guarded, meters);
    HttpServer server = vertx.createHttpServer(serverOptions());
    Runnable unmetered =
        meters.add(
            context,
            readings -> {
              readings.add(GaugeName.HTTP_CONNECTIONS, guarded.connections());
              readings.add(GaugeName.BUFFERED_BODIES, buffered.used());
              readings.add(GaugeName.UNSENT_ANSWERS, unsent.bytes());
            });
    Running parts =
        new Running(
            edge,
            guarded,
            server,
            frames,
            List.of(requestDeadlines, idleDeadlines, publishDeadlines, answerDeadlines),
            unmetered);
    running = parts;

    BusClient bus = new BusClient(vertx, options.publishTimeouts(), timersOf(publishDeadlines));
    CommandReader reader = new CommandReader(options.getMaxDepth());
    PublishRoutes publish = publishRoutes(bus, reader, bodies, meters);
    HubRoutes hub = new HubRoutes(bus, reader, bodies, new ListAnswers(guarded, meters));
    Router router = router(bus, publish, hub, edge, format, frames, guarded, meters);
    Entrance entrance = new Entrance(options, meters);
    routes = List.copyOf(router.getRoutes());
    server
        .requestHandler(request -> handle(guarded, entrance, publish, router, request))
        .invalidRequestHandler(request -> refuseMalformed(guarded, request, meters))
        .exceptionHandler(HttpVerticle::connectionFailed)
        // Without it Vert.x logs every reset as an error, and anybody could fill the log.
        .connectionHandler(
            open -> guarded.shown(open.exceptionHandler(HttpVerticle::connectionFailed)));
    return edge.start()
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
          LOG.info("HTTP door on port {} drains {} streams", port, parts.edge.streams());
          parts
              .edge
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
    return routes;
  }

  /** Most publishes have the same deadline, which is cheaper to watch than a timer for each. */
  private PublishAttempts.Timers timersOf(Deadlines publishDeadlines) {
    VertxLoop loop = new VertxLoop(context);
    long publishTimeout = options.publishTimeouts().publish();
    return (ms, due) ->
        ms >= publishTimeout ? publishDeadlines.start(due)::cancel : loop.after(ms, due);
  }

  private PublishRoutes publishRoutes(
      BusClient bus, CommandReader reader, BodyReader bodies, Meters meters) {
    PublishBatcher batcher =
        new PublishBatcher(
            context,
            bus,
            meters,
            options.getMaxInFlightPerChannel(),
            options.getMaxInFlightBytesPerChannel());
    return new PublishRoutes(reader, bodies, batcher, () -> draining);
  }

  private Router router(
      BusClient bus,
      PublishRoutes publish,
      HubRoutes hub,
      Edge edge,
      SseFormat format,
      ChunkFrames frames,
      GuardedHttpServer guarded,
      Meters meters) {
    Router router = Router.router(vertx);
    // Routes are tried in turn, so those that are used most come first.
    publish.mount(router);
    Entrance.guardStreams(router);
    new StreamRoutes(bus, edge, format, frames, guarded, options, meters, () -> draining)
        .mount(router);
    hub.mount(router);
    new PageRoutes(bus, hub, metrics, () -> draining, Health.of(vertx)).mount(router);
    new BridgeRoutes(
            vertx,
            options.getBridge(),
            WebSocketMessages.mostBytesFor(options.getMaxBody()),
            guarded,
            () -> draining)
        .mount(router);
    refuseTheRest(router);
    return router;
  }

  /** What vertx-web itself refuses gets the form of all other errors. */
  private static void refuseTheRest(Router router) {
    router.errorHandler(
        400, ctx -> refuse(ctx, 400, new InvalidMessageFormatException("the path is malformed")));
    router.errorHandler(
        404,
        ctx -> refuse(ctx, 404, new InvalidMessageFormatException("there is no such resource")));
    router.errorHandler(
        405,
        ctx -> {
          String allowed = String.join(", ", AllowedMethods.at(router, ctx.normalizedPath()));
          ctx.response().putHeader(HttpHeaders.ALLOW, allowed);
          refuse(
              ctx,
              405,
              new InvalidMessageFormatException(
                  "the method is not allowed here, allowed here: " + allowed));
        });
    router.errorHandler(
        500,
        ctx -> {
          if (ctx.failure() instanceof WebSocketHandshakeException malformed) {
            // Mostly it has been answered; logged, anybody could fill the log (CWE-779).
            LOG.debug("no WebSocket: {}", malformed.toString());
            refuse(ctx, 400, new InvalidMessageFormatException("the handshake is malformed"));
            return;
          }
          LOG.error("a request to {} failed", ctx.normalizedPath(), ctx.failure());
          refuse(ctx, 500, new RepositoryException("internal error", null));
        });
  }

  /** The context has no status of its own for what vertx-web refuses before any route. */
  private static void refuse(RoutingContext ctx, int status, EricException error) {
    Problem.send(ctx.response(), status, error);
  }

  private void handle(
      GuardedHttpServer guarded,
      Entrance entrance,
      PublishRoutes publish,
      Router router,
      HttpServerRequest request) {
    ConnectionGuard guard = guarded.find(request.connection());
    if (guard == null || guard.isRefused()) {
      return;
    }
    ConnectionGuard.OpenRequest open = guard.begin(request);
    if (open == null) {
      return;
    }
    String malformed = Framing.complaint(request);
    if (malformed != null) {
      guard.refuseTheRest();
      refuseFraming(request, malformed);
    } else if (guard.takesAnswers()) {
      route(entrance, publish, router, request);
    } else {
      guard.handleLater(open, () -> route(entrance, publish, router, request));
    }
  }

  private static void route(
      Entrance entrance, PublishRoutes publish, Router router, HttpServerRequest request) {
    // Before anything happens, the short cut past the router included.
    if (entrance.admits(request) && !publish.take(request)) {
      router.handle(request);
    }
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
      refuseFraming(request, malformed);
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

  /** What follows on the connection may be anything, so nothing of it is looked at. */
  private static void refuseFraming(HttpServerRequest request, String complaint) {
    HttpServerResponse response = request.response();
    response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    int status =
        Framing.UNKNOWN_CODING.equals(complaint)
            ? HttpResponseStatus.NOT_IMPLEMENTED.code()
            : HttpResponseStatus.BAD_REQUEST.code();
    Problem.send(response, status, new InvalidMessageFormatException(complaint));
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
      Edge edge,
      GuardedHttpServer guarded,
      HttpServer server,
      ChunkFrames frames,
      List<Deadlines> deadlines,
      Runnable unmetered) {

    /** Streams first, so that their channels learn it from the edge and not from broken writes. */
    private Future<Void> close() {
      unmetered.run();
      return edge.close()
          .transform(closed -> server.close())
          .onComplete(
              closed -> {
                guarded.close();
                frames.close();
                deadlines.forEach(Deadlines::close);
              });
    }
  }
}
