package io.eric.http;

import io.eric.InvalidMessageFormatException;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Connections;
import io.eric.http.internal.guard.WebSocketMessages;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.options.BridgeOptions;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event bus at {@code /eventbus/*}, restricted to the addresses of channels and listeners.
 * WebSocket is the only transport: the older transports of SockJS take bodies of any size, and its
 * frame for old browsers runs a script from elsewhere. The origin of the request was checked before
 * (CWE-1385).
 */
final class BridgeRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(BridgeRoutes.class);

  private static final String CHANNEL = Pattern.quote(Addresses.CHANNEL_PREFIX) + ".+";
  private static final String LISTENER = "eric\\.listener\\.[^/]+/[^/]+";

  /**
   * The paths that clients of the WebSocket use. The greeting, the frame and the tests of SockJS
   * are left out.
   */
  private static final Pattern SERVED =
      Pattern.compile("/eventbus/(info|websocket|[^/.]+/[^/.]+/websocket)");

  private final Vertx vertx;
  private final BridgeOptions options;
  private final int maxMessage;
  private final Connections connections;
  private final Drain drain;

  BridgeRoutes(
      Vertx vertx, BridgeOptions options, int maxMessage, Connections connections, Drain drain) {
    this.connections = connections;
    this.vertx = vertx;
    this.options = options;
    this.maxMessage = maxMessage;
    this.drain = drain;
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
    router
        .route("/eventbus/*")
        .subRouter(SockJSHandler.create(vertx, sockJs).bridge(bridge, this::attend));
  }

  private void admit(RoutingContext ctx) {
    if (drain.isOn()) {
      Problem.send(ctx.response(), drain.refusal());
    } else if (!SERVED.matcher(ctx.normalizedPath()).matches()) {
      ctx.fail(404);
    } else {
      HttpServerRequest request = ctx.request();
      if (!ctx.normalizedPath().endsWith("/websocket") || !request.canUpgradeToWebSocket()) {
        ctx.next();
      } else if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION)) {
        // Drafts without this field have other frames, whose bytes the guard could not count
        // (CWE-770).
        request.response().putHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        Problem.send(
            request.response(),
            426,
            new InvalidMessageFormatException(
                "Sec-WebSocket-Version is missing, allowed here: 13"));
      } else if (!hasBody(request) && connections.guard(request.connection()).upgrade(maxMessage)) {
        ctx.next();
      } else {
        refuseTooEarly(request);
      }
    }
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || length != null && !length.equals("0");
  }

  /**
   * Refuses a request for a WebSocket. Frames may follow it, so the rest of the connection is not
   * read.
   */
  private void refuseTooEarly(HttpServerRequest request) {
    connections.guard(request.connection()).refuseTheRest();
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    Problem.send(
        request.response(),
        400,
        new InvalidMessageFormatException(
            "a WebSocket is opened when all requests before it are answered, and by one that has"
                + " no body"));
    request.connection().close();
  }

  /**
   * Handles an event of the bridge. A socket counts as idle only if no bytes at all have come from
   * it, because browsers let hidden tabs ping at most once a minute.
   */
  private void attend(BridgeEvent event) {
    switch (event.type()) {
      case SOCKET_CREATED -> {
        event.complete(true);
        // A client that vanishes is no error. The bridge sets its own handler before this one runs
        // and would log the error with its stack (CWE-779). It learns of the closed socket by
        // another event.
        vertx.runOnContext(
            created ->
                event
                    .socket()
                    .exceptionHandler(
                        gone -> LOG.debug("a WebSocket failed: {}", gone.toString())));
      }
      case SOCKET_IDLE -> {
        if (silentFor(event.socket()) >= options.getPingTimeout()) {
          event.complete(true);
        } // else the event is not completed and has no effect
      }
      case SEND, PUBLISH -> {
        removeWhatNodesSay(event.getRawMessage());
        event.complete(true);
      }
      default -> event.complete(true);
    }
  }

  /**
   * Removes from a client's message what only parts of the hub say to each other: where a consumer
   * is, how long a caller waits, and that a command repeats what a former owner was told (CWE-441).
   * The hub reads no other headers.
   */
  private static void removeWhatNodesSay(JsonObject message) {
    message.remove("headers");
    if (message.getValue("body") instanceof JsonObject command) {
      command.remove(ChannelRequest.RENEWED);
    }
  }

  private long silentFor(SockJSSocket socket) {
    ConnectionGuard guard = connections.find(socket.routingContext().request().connection());
    ChannelPipeline pipeline = guard == null ? null : guard.pipeline();
    WebSocketMessages messages = pipeline == null ? null : pipeline.get(WebSocketMessages.class);
    return messages == null ? Long.MAX_VALUE : messages.silentFor();
  }
}
