package io.eric.http;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.metrics.Health;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The root, which is the dashboard for browsers and a list for programs; the API's description; the
 * client script; health, readiness and metrics.
 */
final class PageRoutes {

  private static final Buffer DASHBOARD = resource("dashboard.html");
  private static final Buffer OPENAPI = resource("openapi.json");
  private static final Buffer SCRIPT = resource("/webroot/eric.js");
  private static final Buffer SCRIPT_TYPES = resource("/webroot/eric.d.ts");

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src"
          + " 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final int MAX_WAIT_FOR_METRICS = 100;
  private static final String DOWN = "DOWN";
  private static final String UP = "{\"status\":\"UP\"}";

  private final BusClient bus;
  private final HubRoutes hub;
  private final @Nullable Supplier<Future<Buffer>> metrics;
  private final Drain drain;
  private final Health health;
  private int waitForMetrics;

  PageRoutes(
      BusClient bus,
      HubRoutes hub,
      @Nullable Supplier<Future<Buffer>> metrics,
      Drain drain,
      Health health) {
    this.health = health;
    this.bus = bus;
    this.hub = hub;
    this.metrics = metrics;
    this.drain = drain;
  }

  void mount(Router router) {
    GetRoutes.route(router, "/").handler(this::root);
    page(router, "/openapi.json", ctx -> send(ctx, "application/json", OPENAPI));
    page(router, "/eric.js", ctx -> send(ctx, "text/javascript; charset=utf-8", SCRIPT));
    page(router, "/eric.d.ts", ctx -> send(ctx, "text/plain; charset=utf-8", SCRIPT_TYPES));
    page(router, "/healthz", this::health);
    page(router, "/readyz", this::readiness);
    Supplier<Future<Buffer>> page = metrics;
    if (page != null) {
      page(router, "/metrics", ctx -> metrics(ctx, page));
    }
  }

  /** Adds a route for a page that has no query parameters; a parameter is refused by name. */
  private static void page(Router router, String path, Handler<RoutingContext> handler) {
    GetRoutes.route(router, path)
        .handler(
            ctx -> {
              try {
                QueryText.check(ctx.request().query());
                handler.handle(ctx);
              } catch (EricException e) {
                Problem.send(ctx.response(), e);
              }
            });
  }

  /**
   * Answers with the metrics. All requests that wait for a page are answered in one turn of the
   * event loop, so their number is bounded.
   */
  private void metrics(RoutingContext ctx, Supplier<Future<Buffer>> page) {
    if (waitForMetrics >= MAX_WAIT_FOR_METRICS) {
      Problem.send(ctx.response(), new UnavailableException("too many ask for the metrics"));
      return;
    }
    waitForMetrics++;
    page.get()
        .andThen(made -> waitForMetrics--)
        .onComplete(
            text -> {
              if (!ctx.response().closed()) {
                send(ctx, PROMETHEUS_TEXT, text);
              }
            },
            ctx::fail);
  }

  private void root(RoutingContext ctx) {
    ctx.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    String accept = ctx.request().getHeader(HttpHeaders.ACCEPT);
    if (accept != null && accept.contains("text/html") && ctx.request().query() == null) {
      ctx.response()
          .putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
          .putHeader("x-content-type-options", "nosniff");
      send(ctx, "text/html; charset=utf-8", DASHBOARD);
    } else {
      hub.listEverything(ctx);
    }
  }

  /**
   * Answers with the node's health. Troubles that keep a part of the hub from its work are answered
   * with 503, and so is a replica that has failed. In a cluster the node may have a trouble of its
   * own that heals by itself, and that the others may follow from: then the status is 200, because
   * whoever restarts nodes that are DOWN would restart one that is only cut off.
   */
  private void health(RoutingContext ctx) {
    List<String> troubles = health.troubles();
    bus.health()
        .otherwise(alone -> new JsonObject().put("status", "UP"))
        .onSuccess(
            state -> {
              if (!troubles.isEmpty()) {
                if (!state.containsKey("trouble")) {
                  state.put("status", DOWN);
                }
                state.put("trouble", inOne(state, troubles));
              }
              if (DOWN.equals(state.getString("status")) && !ctx.response().closed()) {
                ctx.response().setStatusCode(503);
              }
              JsonAnswer.json(ctx.response(), state.encode());
            });
  }

  /**
   * Answers with the node's readiness: the node is ready if its store serves, no part of the hub
   * reports a trouble and the door is not draining.
   */
  private void readiness(RoutingContext ctx) {
    if (drain.isOn()) {
      Problem.send(ctx.response(), drain.refusal());
      return;
    }
    List<String> troubles = health.troubles();
    bus.isReady()
        .onComplete(
            serves -> {
              if (troubles.isEmpty()) {
                JsonAnswer.json(ctx.response(), UP);
              } else {
                String all = String.join("; ", troubles);
                Problem.send(ctx.response(), new UnavailableException(all));
              }
            },
            failure -> Problem.send(ctx.response(), BusClient.asEric(failure, null)));
  }

  /**
   * Returns all troubles as one text. The node's own comes first, because the others may follow
   * from it.
   */
  private static String inOne(JsonObject state, List<String> troubles) {
    String ofNode = state.getString("trouble");
    return (ofNode == null ? "" : ofNode + "; ") + String.join("; ", troubles);
  }

  private static void send(RoutingContext ctx, String type, Buffer body) {
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
  }

  private static Buffer resource(String name) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(name)) {
      return Buffer.buffer(Objects.requireNonNull(in, name).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
