package io.eric.socket;

import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.MessageStream;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.client.PublishingStream;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.WriteStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client of a {@link SocketServer}, safe for any thread. Commands share one connection, on which
 * many may be under way; each stream has its own connection.
 *
 * <p>Futures complete, and streams deliver, on the context that created the client; a client that
 * was created outside of any context gets an event loop of its Vert.x instance. Futures fail with
 * the exceptions of {@code io.eric}, never with an error's text. The first command opens the
 * connection, and the first one after a loss opens it again. Commands that were under way when it
 * was lost fail with {@link UnavailableException}; their outcome is unknown, and they are not
 * repeated. At most 65,536 commands may wait for an answer; one more fails with {@code
 * UnavailableException}.
 */
public final class SocketClient {

  private static final Set<String> STREAMING = Set.of("l", "w");

  private final Context context;
  private final NetClient net;
  private final SocketAddress address;
  private @Nullable Future<PipelinedConnection> connection;
  private boolean closed;

  /**
   * Creates a client that connects when it is first used.
   *
   * @param path the path of the socket's file
   */
  public SocketClient(Vertx vertx, String path) {
    this.context = vertx.getOrCreateContext();
    this.net = vertx.createNetClient();
    this.address =
        SocketAddress.domainSocketAddress(Path.of(path).toAbsolutePath().normalize().toString());
  }

  /**
   * Sends any command except {@code l} and {@code w}, for which there are {@link #stream} and
   * {@link #watch}.
   *
   * @return the answer's text; fails with {@link InvalidMessageFormatException} for {@code l} and
   *     {@code w}
   */
  public Future<String> sendPayload(JsonObject payload) {
    if (STREAMING.contains(String.valueOf(payload.getValue("v")))) {
      return Future.failedFuture(
          new InvalidMessageFormatException("l and w open a stream: use stream or watch"));
    }
    Promise<String> answer = Promise.promise();
    send(payload.toBuffer(), answer);
    return answer.future();
  }

  /**
   * Creates a channel with a random id.
   *
   * @return the id
   */
  public Future<String> createChannel() {
    return sendPayload(new JsonObject().put("v", "c"));
  }

  /**
   * Creates a channel with this id.
   *
   * @return the id; fails with {@link io.eric.InvalidChannelException} if the channel exists
   */
  public Future<String> createChannel(String channelId) {
    return sendPayload(command("c", channelId));
  }

  /**
   * Adds a listener with a random id, whose queue collects from now on.
   *
   * @return the id
   */
  public Future<String> register(String channelId) {
    return sendPayload(command("r", channelId));
  }

  /**
   * Adds a listener with this id, whose queue collects from now on.
   *
   * @return the id; fails with {@link io.eric.InvalidListenerException} if the listener exists
   */
  public Future<String> register(String channelId, String listenerId) {
    return sendPayload(command("r", channelId).put("r", listenerId));
  }

  /**
   * Starts a listener and streams its messages, queued ones first: objects of {@code event}, {@code
   * retry}, {@code data} and {@code id}.
   *
   * <p>The stream connects when its handler is set. Its exception handler gets every failure, and
   * its end handler is called once, at the end of every stream. Pausing the stream stops the
   * reading. The server gives no sign before the first message, so {@link MessageStream#attached}
   * completes with that.
   */
  public MessageStream<JsonObject> stream(String channelId, String listenerId) {
    return open(command("l", channelId).put("r", listenerId));
  }

  /**
   * Streams a listener's messages like {@link #stream(String, String)}, resuming after a position.
   */
  public MessageStream<JsonObject> stream(String channelId, String listenerId, String after) {
    return open(command("l", channelId).put("r", listenerId).put("after", after));
  }

  /** Streams the broadcasts from now on; see {@link #stream(String, String)}. */
  public MessageStream<JsonObject> watch(String channelId) {
    return open(command("w", channelId));
  }

  /** Streams the broadcasts after a position, as far as the history reaches back. */
  public MessageStream<JsonObject> watch(String channelId, String after) {
    return open(command("w", channelId).put("after", after));
  }

  /** Appends a message for every listener. Completes when the message is acknowledged. */
  public Future<Void> broadcastMessage(String channelId, String type, @Nullable Object payload) {
    return publish(channelId, null, type, payload);
  }

  /** Appends a message for one listener. Completes when the message is acknowledged. */
  public Future<Void> dispatch(
      String channelId, String listenerId, String type, @Nullable Object payload) {
    return publish(channelId, Objects.requireNonNull(listenerId, "listenerId"), type, payload);
  }

  /**
   * Returns a stream whose messages are broadcast in order. It is full while 1,024 messages are
   * unanswered. It must be used from one thread at a time; its handlers run on the client's
   * context. It leaves out what {@link io.eric.Channel#publisher} leaves out.
   */
  public WriteStream<Message> publisher(String channelId) {
    return new PublishingStream(message -> published(channelId, null, message));
  }

  /** Removes a listener, whose stream ends. */
  public Future<Void> removeListener(String channelId, String listenerId) {
    return sendPayload(command("rl", channelId).put("r", listenerId)).mapEmpty();
  }

  /** Removes a channel, whose streams end. */
  public Future<Void> removeChannel(String channelId) {
    return sendPayload(command("rc", channelId)).mapEmpty();
  }

  /** Stops a listener: its stream ends, and its queue keeps collecting. */
  public Future<Void> stop(String channelId, String listenerId) {
    return sendPayload(command("s", channelId).put("r", listenerId)).mapEmpty();
  }

  /** Lists the ids of all channels. */
  public Future<List<String>> channelIds() {
    return sendPayload(new JsonObject().put("v", "ls"))
        .map(text -> new JsonArray(text).stream().map(String::valueOf).toList());
  }

  /**
   * Lists a part of the channels' ids, in order of creation.
   *
   * @param after the id after which the part begins; null to begin with the first
   * @param limit the greatest number of ids, 1 to 10,000
   * @return fails with {@link io.eric.InvalidChannelException} if there is no channel {@code after}
   *     (any more)
   */
  public Future<List<String>> channelIds(@Nullable String after, int limit) {
    return sendPayload(part(new JsonObject().put("v", "ls"), after, limit))
        .map(text -> new JsonArray(text).stream().map(String::valueOf).toList());
  }

  /** Lists a part of the ids of a channel's listeners, like {@link #channelIds(String, int)}. */
  public Future<List<String>> listenerIds(String channelId, @Nullable String after, int limit) {
    return sendPayload(part(command("ls", channelId), after, limit))
        .map(SocketClient::listenerIdsIn);
  }

  /** Lists the ids of a channel's listeners, in order of creation. */
  public Future<List<String>> listenerIds(String channelId) {
    return sendPayload(command("ls", channelId)).map(SocketClient::listenerIdsIn);
  }

  private static List<String> listenerIdsIn(String text) {
    return new JsonArray(text)
        .stream().map(item -> ((JsonObject) item).getString("listener")).toList();
  }

  private static JsonObject part(JsonObject list, @Nullable String after, int limit) {
    list.put("limit", limit);
    return after == null ? list : list.put("after", after);
  }

  /** Completes if the server answers. */
  public Future<Void> ping() {
    return sendPayload(new JsonObject().put("v", "ping")).mapEmpty();
  }

  /** Closes the shared connection and all streams. Idempotent. Nothing can be sent afterwards. */
  public Future<Void> close() {
    synchronized (this) {
      closed = true;
      connection = null;
    }
    return net.close();
  }

  private Future<Void> publish(
      String channel, @Nullable String listener, String type, @Nullable Object payload) {
    try {
      return published(channel, listener, Message.of(type, payload));
    } catch (InvalidMessageFormatException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Void> published(String channel, @Nullable String listener, Message message) {
    Buffer command = Buffer.buffer(128);
    try {
      command.appendString(listener == null ? "{\"v\":\"b\",\"c\":" : "{\"v\":\"d\",\"c\":");
      appendJson(command, channel);
      if (listener != null) {
        appendJson(command.appendString(",\"r\":"), listener);
      }
      if (message.sender() != null) {
        appendJson(command.appendString(",\"sender\":"), message.sender());
      }
      appendJson(command.appendString(",\"t\":"), message.type());
      appendJson(command.appendString(",\"p\":"), message.payload());
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    Promise<String> answer = Promise.promise();
    send(command.appendByte((byte) '}'), answer);
    return answer.future().mapEmpty();
  }

  private void send(Buffer command, Completable<String> answer) {
    Future<PipelinedConnection> connected = connection();
    if (connected.succeeded()) {
      connected.result().send(command, answer);
      return;
    }
    connected.onComplete(
        (to, failure) -> {
          if (failure == null) {
            to.send(command, answer);
          } else {
            answer.fail(failure);
          }
        });
  }

  private synchronized Future<PipelinedConnection> connection() {
    Future<PipelinedConnection> current = connection;
    if (current == null || current.failed()) {
      current =
          connect().map(socket -> new PipelinedConnection(context, socket, this::connectionLost));
      connection = closed ? null : current;
    }
    return current;
  }

  private synchronized void connectionLost() {
    connection = null;
  }

  private Future<NetSocket> connect() {
    if (closed) {
      return Future.failedFuture(new UnavailableException("the client is closed"));
    }
    Promise<NetSocket> connected = Promise.promise();
    context.runOnContext(
        v ->
            net.connect(address)
                .recover(
                    e ->
                        Future.failedFuture(
                            new UnavailableException("nobody serves " + address.path())))
                .onComplete(connected));
    return connected.future();
  }

  private MessageStream<JsonObject> open(JsonObject command) {
    return new LineStream(context, this::connect, command.toBuffer());
  }

  private static JsonObject command(String verb, String channelId) {
    return new JsonObject().put("v", verb).put("c", channelId);
  }

  private static void appendJson(Buffer command, @Nullable Object value) {
    // A payload may have line feeds between its parts, which is allowed, because an object may span
    // lines.
    command.appendBytes(Payload.of(value).json());
  }
}
