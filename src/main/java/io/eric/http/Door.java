package io.eric.http;

import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.RepositoryException;
import io.eric.http.internal.guard.AnswerHooks;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Connections;
import io.eric.http.internal.guard.Framing;
import io.eric.http.internal.guard.WebSocketMessages;
import io.eric.http.internal.sse.ChunkFrames;
import io.eric.http.internal.sse.SseFormat;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.edge.Edge;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.Health;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What answers requests: the routes of docs/PROTOCOL.md section 4 over one edge, whoever has
 * accepted the connections. On the context that made it.
 */
final class Door {

  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final HttpOptions options;
  private final Connections connections;
  private final Edge edge;
  private final SseFormat format = new SseFormat();
  private final ChunkFrames frames = new ChunkFrames();
  private final Meters meters;
  private final BusClient bus;
  private final BodyReader bodies;
  private final PublishRoutes publish;
  private final HubRoutes hub;
  private final Entrance entrance;
  private final Router router;
  private final Drain drain = new Drain();

  /** Whether a request that another router has passed on is with the routes at this moment. */
  private boolean routing;

  /**
   * A door on the current context.
   *
   * @param entrance looks at each request first
   */
  Door(
      Vertx vertx,
      Context context,
      HttpOptions options,
      DoorBounds bounds,
      Connections connections,
      Entrance entrance) {
    this.options = options;
    this.connections = connections;
    this.entrance = entrance;
    this.meters = Meters.of(vertx);
    this.edge = new Edge(vertx, format, options.getEdge());
    this.bus = new BusClient(vertx, options.publishTimeouts(), timers(context, options, bounds));
    this.bodies = new BodyReader(options.getMaxBody(), bounds.requests, connections, meters);
    CommandReader reader = new CommandReader(options.getMaxDepth());
    this.publish =
        new PublishRoutes(
            reader,
            bodies,
            new PublishBatcher(
                context,
                new ChannelDirectory(vertx),
                bus.publishing(),
                meters,
                options.getMaxInFlightPerChannel(),
                options.getMaxInFlightBytesPerChannel()),
            drain);
    this.hub = new HubRoutes(bus, reader, bodies, new ListAnswers(connections, meters));
    this.router = Router.router(vertx);
    // Routes are tried in turn, so those that are used most come first.
    publish.mount(router);
    Entrance.guardStreams(router);
    new StreamRoutes(bus, edge, format, frames, connections, options, meters, drain).mount(router);
    hub.mount(router);
  }

  /** Most publishes have the same deadline, which is cheaper to watch than a timer for each. */
  private static PublishAttempts.Timers timers(
      Context context, HttpOptions options, DoorBounds bounds) {
    VertxLoop loop = new VertxLoop(context);
    long publishTimeout = options.publishTimeouts().publish();
    return (ms, due) ->
        ms >= publishTimeout ? bounds.publishes.start(due)::cancel : loop.after(ms, due);
  }

  /**
   * Adds the pages.
   *
   * @param metrics gives the text of {@code /metrics}; null for a door without that page
   */
  Door withPages(Vertx vertx, @Nullable Supplier<Future<Buffer>> metrics) {
    new PageRoutes(bus, hub, metrics, drain, Health.of(vertx)).mount(router);
    return this;
  }

  /** Adds the bridge to the event bus. */
  Door withBridge(Vertx vertx) {
    new BridgeRoutes(
            vertx,
            options.getBridge(),
            WebSocketMessages.mostBytesFor(options.getMaxBody()),
            connections,
            drain)
        .mount(router);
    return this;
  }

  /** Gives what no route takes the form of all other errors. */
  Door refusingTheRest() {
    router.errorHandler(
        400, ctx -> refuse(ctx, 400, new InvalidMessageFormatException("the path is malformed")));
    router.errorHandler(404, Door::refuseUnknown);
    router.errorHandler(
        405, ctx -> refuseMethod(ctx, AllowedMethods.at(router, ctx.normalizedPath())));
    router.errorHandler(500, ctx -> refuseFailed(ctx, ctx.failure()));
    return this;
  }

  /** As {@link #refusingTheRest}, below a path of an application's router, which has its own. */
  Door refusingTheRestWhereMounted() {
    router
        .route()
        .handler(
            ctx -> {
              String mountPoint = Objects.requireNonNullElse(ctx.mountPoint(), "/");
              String path = '/' + ctx.normalizedPath().substring(mountPoint.length());
              Iterable<String> allowed = AllowedMethods.at(router, path);
              if (allowed.iterator().hasNext()) {
                refuseMethod(ctx, allowed);
              } else {
                refuseUnknown(ctx);
              }
            });
    return this;
  }

  private static void refuseUnknown(RoutingContext ctx) {
    refuse(ctx, 404, new InvalidMessageFormatException("there is no such resource"));
  }

  private static void refuseMethod(RoutingContext ctx, Iterable<String> methods) {
    String allowed = String.join(", ", methods);
    ctx.response().putHeader(HttpHeaders.ALLOW, allowed);
    refuse(
        ctx,
        405,
        new InvalidMessageFormatException(
            "the method is not allowed here, allowed here: " + allowed));
  }

  /** Answers a request that could not be handled, and logs the reason. */
  static void refuseFailed(RoutingContext ctx, @Nullable Throwable failure) {
    if (failure instanceof WebSocketHandshakeException malformed) {
      // Mostly it has been answered; logged, anybody could fill the log (CWE-779).
      LOG.debug("no WebSocket: {}", malformed.toString());
      refuse(ctx, 400, new InvalidMessageFormatException("the handshake is malformed"));
      return;
    }
    LOG.error("a request to {} failed", ctx.normalizedPath(), failure);
    refuse(ctx, 500, new RepositoryException("internal error", null));
  }

  /** The context has no status of its own for what vertx-web refuses before any route. */
  private static void refuse(RoutingContext ctx, int status, EricException error) {
    Problem.send(ctx.response(), status, error);
  }

  /** Takes deliveries from now on. */
  Future<Void> start() {
    return edge.start();
  }

  /** The routes that are served, for the description of the API. */
  List<Route> routes() {
    return List.copyOf(router.getRoutes());
  }

  /** How many streams are open. */
  int streams() {
    return edge.streams();
  }

  /**
   * Refuses publishers and new streams from now on, and ends the open streams, spread over this
   * number of milliseconds.
   *
   * @return completed when the streams have ended
   */
  Future<Void> drain(long overMs) {
    drain.begin(overMs);
    return edge.drain(overMs);
  }

  /** Ends all streams. */
  Future<Void> close() {
    return edge.close().onComplete(closed -> frames.close());
  }

  /** Answers a request of a server of our own. */
  void handle(HttpServerRequest request) {
    pass(
        request,
        AnswerHooks.of(request.response()),
        () -> {
          // Before anything happens, the short cut past the router included.
          if (entrance.admits(request)) {
            Consumer<byte[]> publisher = publish.handlerOf(request);
            if (publisher != null) {
              bodies.read(request, publisher);
            } else {
              router.handle(request);
            }
          }
        });
  }

  /** Answers a request that another router has passed on. */
  void handle(RoutingContext ctx) {
    try {
      pass(
          ctx.request(),
          AnswerHooks.of(ctx),
          () -> {
            if (entrance.admits(ctx.request())) {
              route(ctx);
            }
          });
    } catch (RuntimeException failure) {
      refuseFailed(ctx, failure);
    }
  }

  private void route(RoutingContext ctx) {
    boolean within = routing;
    routing = true;
    try {
      router.handleContext(ctx);
    } finally {
      routing = within;
    }
  }

  /**
   * Answers a request with which a route has failed. A failure of an application's handler goes on
   * to the application's failure handlers. The two differ in when they come: vertx-web passes a
   * route's failure to the outer router before the route returns.
   */
  void handleFailure(RoutingContext ctx) {
    if (routing) {
      refuseFailed(ctx, ctx.failure());
    } else {
      ctx.next();
    }
  }

  private void pass(HttpServerRequest request, AnswerHooks hooks, Runnable route) {
    ConnectionGuard guard = connections.find(request.connection());
    if (guard == null || guard.isRefused()) {
      return;
    }
    ConnectionGuard.OpenRequest open = guard.begin(request, hooks);
    if (open == null) {
      return;
    }
    String malformed = Framing.complaint(request);
    if (malformed != null) {
      guard.refuseTheRest();
      refuseFraming(request, malformed);
    } else if (guard.takesAnswers()) {
      route.run();
    } else {
      guard.handleLater(open, route);
    }
  }

  /** What follows on the connection may be anything, so nothing of it is looked at. */
  static void refuseFraming(HttpServerRequest request, String complaint) {
    HttpServerResponse response = request.response();
    response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    int status =
        Framing.UNKNOWN_CODING.equals(complaint)
            ? HttpResponseStatus.NOT_IMPLEMENTED.code()
            : HttpResponseStatus.BAD_REQUEST.code();
    Problem.send(response, status, new InvalidMessageFormatException(complaint));
    request.connection().close();
  }
}
