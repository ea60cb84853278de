package io.eric.http;

import io.eric.RepositoryException;
import io.eric.http.internal.guard.MountedConnections;
import io.eric.internal.CallersContext;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door inside an application's own router, server, TLS and authentication: the same routes
 * as a {@link HttpVerticle} serves, below a path of the application's choice.
 *
 * <pre>{@code
 * Router router = Router.router(vertx);
 * router.route("/events/*").handler(authentication);
 * EricRouter.mount(vertx, new HttpOptions(), router, "/events");
 * vertx.createHttpServer().requestHandler(router).listen(8080);
 * }</pre>
 *
 * <p>The server has to run on event loops; each context that handles requests gets an edge of its
 * own. Bodies are read here, as {@link HttpOptions#getMaxBody} and its neighbours bound them, so
 * the door has to come before a {@code BodyHandler}. Vert.x drops a body that arrives while a
 * handler is still at work, so an asynchronous handler of your own before the door has to call
 * {@code ctx.request().pause()} before it returns, and {@code ctx.request().resume()} after {@code
 * ctx.next()}. A request whose body was read or dropped before is answered with 500, which says so.
 *
 * <p>Of {@link HttpOptions}, what concerns the server is the application's: the address, {@code
 * hosts}, HTTP/2, the bounds of heads, of connections and of their idling. The bridge to the event
 * bus and {@code /metrics} are not mounted. The bounds of bodies, streams, requests under way and
 * unsent answers hold as they do at a door, from a connection's first request here on.
 *
 * <p>A request for the path itself is redirected to the path with a slash at its end. A request
 * below the path that no route of the hub takes is answered by the hub, with 404. The application's
 * own routes below the path have to be registered before the door.
 *
 * <p>For any thread.
 */
public final class EricRouter {

  private static final Logger LOG = LoggerFactory.getLogger(EricRouter.class);

  private final Vertx vertx;
  private final HttpOptions options;
  private final String mountPoint;

  /** By the context whose requests each one answers. */
  private final Map<ContextInternal, MountedDoor> doors = new ConcurrentHashMap<>();

  /** Whether it was logged that requests do not come on an event loop. */
  private final AtomicBoolean misplaced = new AtomicBoolean();

  private volatile boolean draining;
  private volatile @Nullable ClosedDoor closed;

  private EricRouter(Vertx vertx, HttpOptions options, String mountPoint) {
    this.vertx = vertx;
    this.options = options;
    this.mountPoint = mountPoint;
  }

  /**
   * Mounts a door.
   *
   * @param options must not change any more
   * @param router the application's
   * @param path where the routes begin, like {@code /events}; without parameters, segments of dots
   *     or a slash at its end
   * @throws IllegalArgumentException if the path is none of these
   */
  public static EricRouter mount(Vertx vertx, HttpOptions options, Router router, String path) {
    if (!path.matches("(/(?!\\.\\.?(/|$))[A-Za-z0-9._~-]+)+")) {
      throw new IllegalArgumentException(
          "the path \""
              + path
              + "\" must be like /events: without parameters or a slash at its end");
    }
    EricRouter mounted = new EricRouter(vertx, options, path);
    Route route = router.route(path + "/*");
    route.handler(mounted::handle).failureHandler(mounted::handleFailure);
    return mounted;
  }

  /**
   * Ends the streams with {@code _eric_goodbye}, spread over this time, and refuses publishers and
   * new streams from now on.
   *
   * @param overMs in milliseconds
   * @return completed on the caller's context when all streams have ended
   */
  public Future<Void> drain(long overMs) {
    draining = true;
    return ofAll(door -> door.door.drain(overMs));
  }

  /**
   * Ends the streams at once and answers {@code Unavailable} from now on; an EventSource is told to
   * come back later. Requests under way are answered, within their bounds of time. The end of the
   * verticle whose context handles the requests does the same for its streams.
   *
   * @return completed on the caller's context when all streams have ended
   */
  public Future<Void> close() {
    closed = new ClosedDoor(vertx, options, mountPoint);
    return ofAll(MountedDoor::close);
  }

  private Future<Void> ofAll(Function<MountedDoor, Future<Void>> work) {
    List<Future<Void>> done = new ArrayList<>();
    doors.forEach((context, door) -> done.add(on(context, () -> work.apply(door))));
    return CallersContext.of(vertx, () -> Future.join(done).mapEmpty());
  }

  private static Future<Void> on(Context context, Supplier<Future<Void>> work) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(turn -> work.get().onComplete(done));
    return done.future();
  }

  private void handle(RoutingContext ctx) {
    ClosedDoor closed = this.closed;
    if (closed != null) {
      closed.handle(ctx);
      return;
    }
    ContextInternal context = ContextInternal.current();
    if (context == null || !context.isEventLoopContext()) {
      if (misplaced.compareAndSet(false, true)) { // a request each would fill the log
        LOG.error("the server of {} must handle requests on an event loop", mountPoint);
      }
      Problem.send(ctx.response(), 500, new RepositoryException("internal error", null));
      return;
    }
    if (isPathItself(ctx)) {
      redirectBelow(ctx);
      return;
    }
    MountedDoor door = door(context.unwrap());
    closed = this.closed;
    if (closed != null) { // meanwhile, perhaps without this door
      door.close();
      closed.handle(ctx);
      return;
    }
    if (door.started.succeeded()) {
      door.door.handle(ctx);
      return;
    }
    HttpServerRequest request = ctx.request();
    request.pause();
    door.started.onComplete(
        started -> {
          if (started.succeeded()) {
            door.door.handle(ctx);
          } else {
            Door.refuseFailed(ctx, started.cause());
          }
          request.resume();
        });
  }

  private void handleFailure(RoutingContext ctx) {
    ContextInternal context = ContextInternal.current();
    MountedDoor door = context == null ? null : doors.get(context.unwrap());
    if (door == null) {
      ctx.next();
    } else {
      door.door.handleFailure(ctx);
    }
  }

  /** Returns the door of a context, which is the current one. */
  private MountedDoor door(ContextInternal context) {
    MountedDoor known = doors.get(context);
    if (known != null) {
      return known;
    }
    MountedDoor door = new MountedDoor(context);
    doors.put(context, door);
    if (draining) { // perhaps begun before this door was to be found
      door.door.drain(0);
    }
    return door;
  }

  private boolean isPathItself(RoutingContext ctx) {
    String outer = ctx.mountPoint(); // with a slash at its end
    int outerLength = outer == null ? 0 : outer.length() - 1;
    return ctx.normalizedPath().length() == outerLength + mountPoint.length();
  }

  /** As file servers do with a directory's name, because the routes are below the path. */
  private static void redirectBelow(RoutingContext ctx) {
    String query = ctx.request().query();
    ctx.response()
        .setStatusCode(308)
        .putHeader(
            HttpHeaders.LOCATION, ctx.normalizedPath() + '/' + (query == null ? "" : '?' + query))
        .end();
  }

  /** The door of one context. */
  private final class MountedDoor {
    private final ContextInternal context;
    private final DoorBounds bounds;
    private final Door door;
    private final Future<Void> started;

    /** Outside a verticle it runs on the thread that closes Vert.x. */
    private final Closeable closeHook;

    private MountedDoor(ContextInternal context) {
      this.context = context;
      Promise<Void> opened = Promise.promise();
      Meters meters = Meters.of(vertx);
      ContextInternal former = context.beginDispatch();
      try { // timers and consumers belong to the context that they are made on
        this.bounds = new DoorBounds(vertx, options, meters);
        this.door =
            new Door(
                    vertx,
                    context,
                    options,
                    bounds,
                    new MountedConnections(meters, bounds.ofSharedConnections()),
                    Entrance.ofMount(options, meters))
                .withPages(vertx, null)
                .refusingTheRestWhereMounted();
        door.start().onComplete(opened);
      } finally {
        context.endDispatch(former);
      }
      this.started = opened.future();
      this.closeHook = done -> on(context, this::close).onComplete(done);
      context.addCloseHook(closeHook);
    }

    private Future<Void> close() {
      doors.remove(context, this);
      context.removeCloseHook(closeHook); // the context may outlive many doors
      return door.close().onComplete(ended -> bounds.retire());
    }
  }
}
