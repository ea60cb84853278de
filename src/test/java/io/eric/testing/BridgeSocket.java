package io.eric.testing;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of the event bus bridge, with its protocol by hand. */
public final class BridgeSocket {

  /** What came, in order; the end is a frame of the type "closed". */
  public final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();

  /** The socket below. */
  public final WebSocket socket;

  /** Held, because a client that is garbage is closed. */
  private final WebSocketClient client;

  private int replies;

  /** Connects to the bridge of an HTTP door on loopback. */
  public BridgeSocket(Vertx vertx, int port, @Nullable String origin, String host) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (origin != null) {
      headers.add("Origin", origin);
    }
    headers.set("Host", host);
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(8 << 20).setMaxMessageSize(8 << 20));
    socket =
        Hub.await(
            client.connect(
                new WebSocketConnectOptions()
                    .setPort(port)
                    .setHost("127.0.0.1")
                    .setURI("/eventbus/websocket")
                    .setHeaders(headers)));
    socket.handler(frame -> frames.add(frame.toJsonObject())); // text or binary
    socket.closeHandler(closed -> frames.add(new JsonObject().put("type", "closed")));
  }

  /** Sends a frame without headers; with a body, it asks for an answer. */
  public void send(String type, @Nullable String address, @Nullable JsonObject body) {
    send(type, address, body, null);
  }

  /** Sends a frame; with a body, it asks for an answer. */
  public void send(
      String type,
      @Nullable String address,
      @Nullable JsonObject body,
      @Nullable JsonObject headers) {
    JsonObject frame = new JsonObject().put("type", type);
    if (headers != null) {
      frame.put("headers", headers);
    }
    if (address != null) {
      frame.put("address", address);
    }
    if (body != null) {
      frame.put("body", body).put("replyAddress", "reply." + ++replies);
    }
    socket.writeTextMessage(frame.encode());
  }

  /** Waits for the next frame. */
  public JsonObject next() throws InterruptedException {
    JsonObject next = frames.poll(Hub.PATIENCE, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no frame");
    }
    return next;
  }
}
