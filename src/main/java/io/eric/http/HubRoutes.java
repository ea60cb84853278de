package io.eric.http;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.InvalidChannelException;
import io.eric.bus.BusClient;
import io.eric.bus.Command;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creating, listing and removing channels and listeners. */
final class HubRoutes {

  /** How many channels are asked at a time for their listeners. */
  private static final int ASKED_AT_A_TIME = 64;

  private final BusClient bus;

  HubRoutes(BusClient bus) {
    this.bus = bus;
  }

  void mount(Router router) {
    Gets.route(router, "/channels")
        .handler(ctx -> answer(ctx, bus.command(new Command.ListAll(null)), ids -> ids));
    router.put("/create").handler(this::create);
    router.post("/subscribe").handler(this::subscribe);
    router.delete("/listener/:channel_id/:listener_id").handler(this::removeListener);
    router.delete("/channel/:channel_id").handler(this::removeChannel);
  }

  /** {@code {channelId: [listenerId, …]}}, both in order of creation. */
  void listEverything(RoutingContext ctx) {
    Future<JsonObject> everything =
        bus.command(new Command.ListAll(null))
            .compose(ids -> listenersOf((JsonArray) ids, 0, new JsonObject()));
    answer(ctx, everything, map -> map);
  }

  private Future<JsonObject> listenersOf(JsonArray channels, int from, JsonObject known) {
    int to = Math.min(channels.size(), from + ASKED_AT_A_TIME);
    if (from == to) {
      return Future.succeededFuture(known);
    }
    List<Future<Optional<JsonArray>>> asked =
        channels.stream().skip(from).limit(to - from).map(id -> listeners((String) id)).toList();
    return Future.join(asked)
        .compose(
            all -> {
              for (int i = from; i < to; i++) {
                String channel = channels.getString(i);
                asked.get(i - from).result().ifPresent(ids -> known.put(channel, ids));
              }
              return listenersOf(channels, to, known);
            });
  }

  /** A channel's listeners; empty if the channel was removed since it was listed. */
  private Future<Optional<JsonArray>> listeners(String channel) {
    return bus.command(new Command.ListAll(channel))
        .map(listed -> Optional.of(listenerIds(listed)))
        .recover(
            failure ->
                failure instanceof InvalidChannelException
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(failure));
  }

  /** The ids in the answer to {@code ls} of a channel. */
  static JsonArray listenerIds(Object listed) {
    JsonArray ids = new JsonArray();
    for (Object connection : (JsonArray) listed) {
      ids.add(((JsonObject) connection).getString("listener"));
    }
    return ids;
  }

  private void create(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    checked(
        ctx,
        () -> {
          String wanted = QueryText.first(request.query(), "channel_id");
          Command.CreateChannel create =
              wanted == null
                  ? Command.CreateChannel.ANY
                  : new Command.CreateChannel(Ids.check("channel", wanted), null);
          answer(ctx, bus.command(create), id -> new JsonObject().put("channel_id", id));
        });
  }

  private void subscribe(RoutingContext ctx) {
    String query = ctx.request().query();
    checked(
        ctx,
        () -> {
          String channel = Ids.check("channel", QueryText.first(query, "channel_id"));
          String wanted = QueryText.first(query, "listener_id");
          String listener = wanted == null ? null : Ids.check("listener", wanted);
          answer(
              ctx,
              bus.command(new Command.AddListener(channel, listener)),
              id -> new JsonObject().put("listener_id", id));
        });
  }

  private void removeListener(RoutingContext ctx) {
    checked(
        ctx,
        () -> {
          String channel = Ids.check("channel", ctx.pathParam("channel_id"));
          String listener = Ids.check("listener", ctx.pathParam("listener_id"));
          answer(ctx, bus.command(new Command.RemoveListener(channel, listener)), ack -> null);
        });
  }

  private void removeChannel(RoutingContext ctx) {
    checked(
        ctx,
        () -> {
          String channel = Ids.check("channel", ctx.pathParam("channel_id"));
          answer(ctx, bus.command(new Command.RemoveChannel(channel)), ack -> null);
        });
  }

  private static void checked(RoutingContext ctx, Runnable action) {
    try {
      action.run();
    } catch (EricException e) {
      Problem.send(ctx.response(), e);
    }
  }

  private static <T> void answer(
      RoutingContext ctx, Future<T> result, Function<T, @Nullable Object> body) {
    result.onComplete(
        value -> Answer.value(ctx.response(), body.apply(value)),
        failure -> Problem.send(ctx.response(), BusClient.asEric(failure, null)));
  }
}
