package io.eric.http;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The routes {@code /broadcast} and {@code /dispatch} for one message and {@code /publish} for one
 * or a batch. They serve most of a hub's requests.
 */
final class PublishRoutes {

  private static final CharSequence MESSAGE_ID = HttpHeaders.createOptimized("eric-message-id");
  private static final CharSequence IDEMPOTENCY_KEY =
      HttpHeaders.createOptimized("idempotency-key");

  private static final String BROADCAST = "/broadcast";
  private static final String DISPATCH = "/dispatch";

  private final CommandReader reader;
  private final BodyReader bodies;
  private final PublishBatcher batcher;
  private final Drain drain;

  PublishRoutes(CommandReader reader, BodyReader bodies, PublishBatcher batcher, Drain drain) {
    this.reader = reader;
    this.bodies = bodies;
    this.batcher = batcher;
    this.drain = drain;
  }

  void mount(Router router) {
    router
        .post(BROADCAST)
        .handler(ctx -> bodies.read(ctx.request(), publisher(ctx.request(), false)));
    router
        .post(DISPATCH)
        .handler(ctx -> bodies.read(ctx.request(), publisher(ctx.request(), true)));
    router
        .post("/publish")
        .handler(ctx -> bodies.read(ctx.request(), body -> publishAll(ctx.request(), body)));
  }

  /**
   * Returns what handles the body of a request for one of the two hottest routes, so that the door
   * need not ask the router: nothing there takes a routing context, which is a tenth of what a
   * request allocates.
   *
   * @return null if the request is for the router
   */
  @Nullable Consumer<byte[]> handlerOf(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !request.method().equals(HttpMethod.POST)) {
      return null;
    }
    boolean dispatch = path.equals(DISPATCH);
    return dispatch || path.equals(BROADCAST) ? publisher(request, dispatch) : null;
  }

  private Consumer<byte[]> publisher(HttpServerRequest request, boolean dispatch) {
    return body -> publish(request, dispatch, body);
  }

  private void publish(HttpServerRequest request, boolean dispatch, byte[] body) {
    HttpServerResponse response = request.response();
    Command.Publish message;
    try {
      String query = request.query();
      if (dispatch) {
        QueryText.check(query, "channel_id", "listener_id");
      } else {
        QueryText.check(query, "channel_id");
      }
      String channel = Ids.check("channel", QueryText.first(query, "channel_id"));
      String listener =
          dispatch ? Ids.check("listener", QueryText.first(query, "listener_id")) : null;
      String key = request.headers().get(IDEMPOTENCY_KEY);
      message = reader.readMessage(body, channel, listener, key);
    } catch (EricException e) {
      Problem.send(response, e);
      return;
    }
    publish(response, message, id -> JsonAnswer.nothing(response));
  }

  /** Publishes a single message, whose outcome is the status of the answer. */
  private void publishOne(HttpServerResponse response, Command.Publish message) {
    publish(response, message, id -> JsonAnswer.json(response, written(id)));
  }

  /** Publishes a message and answers with its id, to which {@code answer} adds the body. */
  private void publish(
      HttpServerResponse response, Command.Publish message, Consumer<String> answer) {
    append(message)
        .onComplete(
            id -> {
              if (!response.closed()) {
                response.putHeader(MESSAGE_ID, id);
                answer.accept(id);
              }
            },
            failure -> Problem.send(response, BusClient.asEric(failure, message.channel())));
  }

  private void publishAll(HttpServerRequest request, byte[] body) {
    List<Object> members;
    try {
      QueryText.check(request.query());
      if (CommandReader.isOne(body)) {
        publishOne(request.response(), reader.readOne(body));
        return;
      }
      members = reader.readBatch(body);
    } catch (EricException e) {
      Problem.send(request.response(), e);
      return;
    }
    if (drain.isOn()) { // the whole, because an outcome cannot say when to come back
      Problem.send(request.response(), drain.refusal());
      return;
    }
    List<Future<String>> outcomes = new ArrayList<>(members.size());
    for (Object member : members) {
      outcomes.add(
          member instanceof Command.Publish message
              ? append(message)
              : Future.failedFuture((EricException) member));
    }
    Future.join(outcomes).onComplete(all -> JsonAnswer.json(request.response(), written(outcomes)));
  }

  private Future<String> append(Command.Publish message) {
    return drain.isOn() ? Future.failedFuture(drain.refusal()) : batcher.publish(message);
  }

  private static String written(List<Future<String>> outcomes) {
    StringBuilder json = new StringBuilder(outcomes.size() * 40 + 2).append('[');
    for (Future<String> outcome : outcomes) {
      if (json.length() > 1) {
        json.append(',');
      }
      Throwable failure = outcome.cause();
      if (failure == null) {
        json.append(written(outcome.result()));
      } else {
        json.append(written(failure));
      }
    }
    return json.append(']').toString();
  }

  private static String written(String id) {
    return "{\"id\":\"" + id + "\"}"; // ids are ASCII without quotes
  }

  private static String written(@Nullable Throwable failure) {
    EricException error =
        failure instanceof EricException eric
            ? eric
            : new UnavailableException("no answer from the channel, the outcome is unknown");
    return new JsonObject().put("error", error.name()).put("message", error.text()).encode();
  }
}
