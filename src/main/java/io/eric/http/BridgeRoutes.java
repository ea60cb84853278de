package io.eric.http;

import io.eric.ForbiddenException;
import io.eric.UnavailableException;
import io.eric.bus.Addresses;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.Transport;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The event bus at {@code /eventbus/*}, for the addresses of channels and listeners and no others.
 * WebSocket alone: SockJS' older transports take bodies of any size and requests of any origin.
 */
final class BridgeRoutes {

  private static final String CHANNEL = Pattern.quote(Addresses.CHANNEL_PREFIX) + ".+";
  private static final String LISTENER = "eric\\.listener\\.[^/]+/[^/]+";

  private final Vertx vertx;
  private final BridgeOptions options;
  private final List<String> origins;
  private final GuardedHttpServer server;
  private final BooleanSupplier draining;

  BridgeRoutes(
      Vertx vertx,
      BridgeOptions options,
      List<String> origins,
      GuardedHttpServer server,
      BooleanSupplier draining) {
    this.server = server;
    this.vertx = vertx;
    this.options = options;
    this.origins = origins;
    this.draining = draining;
  }

  void mount(Router router) {
    if (!options.isEnabled()) {
      return;
    }
    SockJSBridgeOptions bridge =
        new SockJSBridgeOptions()
            .setMaxHandlersPerSocket(options.getMaxHandlersPerSocket())
            .setMaxAddressLength(options.getMaxAddressLength())
            .setPingTimeout(options.getPingTimeout());
    bridge.addInboundPermitted(new PermittedOptions().setAddress(Addresses.CHANNELS));
    bridge.addInboundPermitted(new PermittedOptions().setAddressRegex(CHANNEL));
    bridge.addOutboundPermitted(new PermittedOptions().setAddressRegex(LISTENER));

    SockJSHandlerOptions sockJs = new SockJSHandlerOptions();
    for (Transport transport : Transport.values()) {
      if (transport != Transport.WEBSOCKET) {
        sockJs.addDisabledTransport(transport.name());
      }
    }
    router.route("/eventbus/*").handler(this::admit);
    router.route("/eventbus/*").subRouter(SockJSHandler.create(vertx, sockJs).bridge(bridge));
  }

  private void admit(RoutingContext ctx) {
    if (draining.getAsBoolean()) {
      Problem.send(ctx.response(), new UnavailableException("the server is draining"));
    } else if (!isAllowed(ctx)) {
      Problem.send(ctx.response(), new ForbiddenException("this origin is not allowed"));
    } else {
      if (ctx.request().headers().contains(HttpHeaders.UPGRADE)) {
        // Never ended: what follows are frames, and the bridge itself notices who falls silent.
        server.guard(ctx.request().connection()).upgrade();
      }
      ctx.next();
    }
  }

  /**
   * Browsers let any page open a WebSocket to anywhere, and say which page it is: one that we did
   * not serve has to be among the configured origins (CWE-1385).
   */
  private boolean isAllowed(RoutingContext ctx) {
    String origin = ctx.request().getHeader(HttpHeaders.ORIGIN);
    return origin == null
        || origins.contains("*")
        || origins.contains(origin)
        || isOwn(origin, ctx.request().getHeader(HttpHeaders.HOST));
  }

  private static boolean isOwn(String origin, @Nullable String host) {
    int scheme = origin.indexOf("://");
    return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
  }
}
