package io.eric.http;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
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
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes that create, list and remove channels and listeners. */
final class HubRoutes {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final String CHANNEL_ID = "channel_id";
  private static final String LISTENER_ID = "listener_id";
  private static final String LIMIT = "limit";
  private static final String AFTER = "after";

  private final BusClient bus;
  private final CommandReader reader;
  private final BodyReader bodies;
  private final ListAnswers lists;

  HubRoutes(BusClient bus, CommandReader reader, BodyReader bodies, ListAnswers lists) {
    this.bus = bus;
    this.reader = reader;
    this.bodies = bodies;
    this.lists = lists;
  }

  void mount(Router router) {
    GetRoutes.route(router, "/channels").handler(ctx -> list(ctx, ChannelIds::new));
    router
        .put("/create")
        .handler(ctx -> bodies.read(ctx.request(), body -> create(ctx.request(), body)));
    router
        .post("/subscribe")
        .handler(ctx -> bodies.read(ctx.request(), body -> subscribe(ctx.request(), body)));
    router.delete("/listener/:channel_id/:listener_id").handler(this::removeListener);
    router.delete("/channel/:channel_id").handler(this::removeChannel);
  }

  /** Answers with {@code {channelId: [listenerId, …]}}, both in order of creation. */
  void listEverything(RoutingContext ctx) {
    list(ctx, HubListing::new);
  }

  /** Creates the text of a list. */
  private interface Listed {
    ListPart.Source from(BusClient bus, Command.ListAll list);
  }

  private void list(RoutingContext ctx, Listed listed) {
    HttpServerRequest request = ctx.request();
    checked(
        request,
        () -> {
          String query = request.query();
          QueryText.check(query, LIMIT, AFTER);
          String after = QueryText.first(query, AFTER);
          String limit = QueryText.first(query, LIMIT);
          ListPart.Source source =
              listed.from(
                  bus,
                  Command.ListAll.checked(
                      null, after, limit == null ? null : (Long) number(limit), null));
          if (request.method().equals(HttpMethod.HEAD)) {
            describe(request.response());
          } else {
            lists.send(request, source);
          }
        });
  }

  /** Answers HEAD without making the list, which would not be sent. */
  private void describe(HttpServerResponse response) {
    bus.command(new Command.Ping())
        .onComplete(
            pong -> {
              if (!response.closed()) {
                response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end();
              }
            },
            failure -> Problem.send(response, BusClient.asEric(failure, null)));
  }

  /** Returns the number that a limit is, or one that is refused as a limit. */
  private static long number(String limit) {
    try {
      return Long.parseLong(limit);
    } catch (NumberFormatException noNumber) {
      return -1;
    }
  }

  /** Creates a channel. The body, if there is one, is the channel's options. */
  private void create(HttpServerRequest request, byte[] body) {
    checked(
        request,
        () -> {
          QueryText.check(request.query(), CHANNEL_ID);
          String wanted = QueryText.first(request.query(), CHANNEL_ID);
          JsonObject options = reader.readOptions(body);
          if (options.containsKey(CHANNEL_ID)) {
            Object other = options.remove(CHANNEL_ID);
            if (!(other instanceof String id) || (wanted != null && !wanted.equals(id))) {
              throw new InvalidMessageFormatException(
                  "channel_id is a string, and the same in query and body if it stands in both");
            }
            wanted = id;
          }
          if (options.containsKey("id")) {
            throw new InvalidMessageFormatException(
                "unknown setting \"id\": the channel is named by channel_id");
          }
          Command.CreateChannel create =
              new Command.CreateChannel(
                  wanted == null ? null : Ids.check("channel", wanted),
                  options.isEmpty() ? null : options);
          answer(request, bus.command(create), id -> new JsonObject().put(CHANNEL_ID, id));
        });
  }

  private void subscribe(HttpServerRequest request, byte[] body) {
    checked(
        request,
        () -> {
          String query = request.query();
          QueryText.check(query, CHANNEL_ID, LISTENER_ID);
          String channel = Ids.check("channel", QueryText.first(query, CHANNEL_ID));
          String wanted = QueryText.first(query, LISTENER_ID);
          String listener = wanted == null ? null : Ids.check("listener", wanted);
          Future<Object> added =
              wantsNothing(body, channel)
                  .compose(nothing -> bus.command(new Command.AddListener(channel, listener)));
          answer(request, added, id -> new JsonObject().put(LISTENER_ID, id));
        });
  }

  /**
   * Refuses a body that has keys, because they would not be read. An unknown channel is reported
   * first.
   */
  private Future<?> wantsNothing(byte[] body, String channel) {
    try {
      reader.checkNothing(body);
      return Future.succeededFuture();
    } catch (InvalidMessageFormatException e) {
      return bus.command(new Command.Ping(channel)).compose(there -> Future.failedFuture(e));
    }
  }

  private void removeListener(RoutingContext ctx) {
    checked(
        ctx.request(),
        () -> {
          QueryText.check(ctx.request().query());
          String channel = Ids.check("channel", ctx.pathParam(CHANNEL_ID));
          String listener = Ids.check("listener", ctx.pathParam(LISTENER_ID));
          answer(
              ctx.request(),
              bus.command(new Command.RemoveListener(channel, listener)),
              ack -> null);
        });
  }

  private void removeChannel(RoutingContext ctx) {
    checked(
        ctx.request(),
        () -> {
          QueryText.check(ctx.request().query());
          String channel = Ids.check("channel", ctx.pathParam(CHANNEL_ID));
          answer(ctx.request(), bus.command(new Command.RemoveChannel(channel)), ack -> null);
        });
  }

  private static void checked(HttpServerRequest request, Runnable action) {
    try {
      action.run();
    } catch (EricException e) {
      Problem.send(request.response(), e);
    }
  }

  private static <T> void answer(
      HttpServerRequest request, Future<T> result, Function<T, @Nullable Object> body) {
    result.onComplete(
        value -> JsonAnswer.value(request.response(), body.apply(value)),
        failure -> Problem.send(request.response(), BusClient.asEric(failure, null)));
  }
}
