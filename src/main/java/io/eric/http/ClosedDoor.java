package io.eric.http;

import io.eric.UnavailableException;
import io.eric.http.internal.sse.SseFormat;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Answers the requests to a mounted door that is closed. Each is refused as unavailable, streams in
 * the form that lets an EventSource come back. For any thread.
 */
final class ClosedDoor {

  private final HttpOptions options;
  private final Meters meters;
  private final StreamRefusal refusal;
  private final String reason;
  private final Router router;

  ClosedDoor(Vertx vertx, HttpOptions options, String mountPoint) {
    this.options = options;
    this.meters = Meters.of(vertx);
    this.refusal = new StreamRefusal(new SseFormat(), options.getRetryFloor());
    this.reason = "the door at " + mountPoint + " is closed";
    this.router = Router.router(vertx);
    router.get(StreamRoutes.STREAM_PATH).handler(this::refuseStream);
    router.get(StreamRoutes.WATCH_PATH).handler(this::refuseStream);
    router.route().handler(ctx -> Problem.send(ctx.response(), unavailable()));
  }

  void handle(RoutingContext ctx) {
    router.handleContext(ctx);
  }

  /**
   * Checks the head first. It decides whether a page of another origin may read the answer, and
   * without that the page's EventSource would not come back.
   */
  private void refuseStream(RoutingContext ctx) {
    Entrance entrance = Entrance.ofMount(options, meters); // one entrance is for one event loop
    if (entrance.admits(ctx.request())) {
      meters.count(CounterName.STREAMS_REFUSED_DRAINING);
      refusal.send(ctx.request(), unavailable());
    }
  }

  private UnavailableException unavailable() {
    return new UnavailableException(reason);
  }
}
