package io.eric.http;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.UnavailableException;
import io.eric.http.internal.guard.ClientQuota;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Connections;
import io.eric.http.internal.sse.ChunkFrames;
import io.eric.http.internal.sse.ChunkedStreamSink;
import io.eric.http.internal.sse.SseFormat;
import io.eric.internal.client.BusClient;
import io.eric.internal.edge.Edge;
import io.eric.internal.edge.EdgeStream;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The event streams: {@code /stream} of a listener, {@code /watch} of a channel. */
final class StreamRoutes {

  static final String STREAM_PATH = "/stream/:channel_id/:listener_id";
  static final String WATCH_PATH = "/watch/:channel_id";

  private static final CharSequence LAST_EVENT_ID = HttpHeaders.createOptimized("last-event-id");

  private static final CharSequence POSITION = HttpHeaders.createOptimized("eric-position");

  /**
   * Asks for the position after which the stream begins, so that the client can resume before the
   * first event. It is a parameter of {@code Accept}, because pages of other origins may send that
   * field without a preflight request.
   */
  private static final String WITH_POSITION = "text/event-stream;position=1";

  private final BusClient bus;
  private final Edge edge;
  private final SseFormat format;
  private final ChunkFrames frames;
  private final Connections connections;
  private final int maxStreams;
  private final ClientQuota clients;
  private final Meters meters;
  private final int retryFloorMs;
  private final Drain drain;
  private final StreamRefusal refusal;

  StreamRoutes(
      BusClient bus,
      Edge edge,
      SseFormat format,
      ChunkFrames frames,
      Connections connections,
      HttpOptions options,
      Meters meters,
      Drain drain) {
    this.bus = bus;
    this.edge = edge;
    this.format = format;
    this.frames = frames;
    this.connections = connections;
    this.maxStreams = options.getMaxStreams();
    this.clients = new ClientQuota(options.getMaxStreamsPerClient());
    this.meters = meters;
    this.retryFloorMs = options.getRetryFloor();
    this.drain = drain;
    this.refusal = new StreamRefusal(format, options.getRetryFloor());
  }

  void mount(Router router) {
    GetRoutes.route(router, STREAM_PATH).handler(ctx -> stream(ctx, false));
    GetRoutes.route(router, WATCH_PATH).handler(ctx -> stream(ctx, true));
  }

  private void stream(RoutingContext ctx, boolean watch) {
    try {
      // The parameter "ticket" is for a proxy in front of the hub that asks for one (see /eric.js).
      QueryText.check(ctx.request().query(), "last_event_id", "lastEventId", "ticket");
      String channel = Ids.check("channel", ctx.pathParam("channel_id"));
      String listener = watch ? null : Ids.check("listener", ctx.pathParam("listener_id"));
      if (ctx.request().method().equals(HttpMethod.HEAD)) {
        describe(ctx.response(), channel, listener);
      } else if (drain.isOn()) {
        meters.count(CounterName.STREAMS_REFUSED_DRAINING);
        refusal.send(ctx.request(), drain.refusal());
      } else if (edge.streams() >= maxStreams) {
        refuse(ctx.request(), CounterName.STREAMS_REFUSED_LIMIT, "no more streams at this moment");
      } else if (!clients.take(ClientQuota.client(ctx.request().remoteAddress()))) {
        refuse(
            ctx.request(), CounterName.STREAMS_REFUSED_CLIENT, "no more streams for this client");
      } else {
        open(ctx, channel, listener);
      }
    } catch (EricException e) {
      Problem.send(ctx.response(), e);
    }
  }

  private void open(RoutingContext ctx, String channel, @Nullable String listener) {
    HttpServerRequest request = ctx.request();
    ConnectionGuard.OpenRequest exchange = connections.guard(request.connection()).latest();
    Visit visit = new Visit(clients, ClientQuota.client(request.remoteAddress()));
    onEnd(ctx, exchange, visit::end);
    try {
      visit
          .opens(edge.open(channel, listener, resumeAfter(request)))
          .onComplete(
              stream -> {
                if (!visit.hasEnded()) {
                  begin(request, exchange, stream);
                }
              },
              failure -> refusal.send(request, BusClient.asEric(failure, channel)));
    } catch (UnavailableException refused) {
      refusal.send(request, refused);
    }
  }

  /**
   * Runs an action at every end of a stream: the client's disconnect, a reset, or an end by the
   * hub. The action may run more than once.
   */
  private static void onEnd(
      RoutingContext ctx, ConnectionGuard.OpenRequest exchange, Runnable over) {
    if (ctx.request().version() == HttpVersion.HTTP_2) {
      exchange.onClosed(over); // an ended answer takes its place until the client has read it
    } else {
      ctx.addEndHandler(ended -> over.run());
    }
  }

  private void begin(
      HttpServerRequest request, ConnectionGuard.OpenRequest exchange, EdgeStream stream) {
    HttpServerResponse response = request.response();
    if (stream.isStopped()) {
      response.setStatusCode(204).end(); // the status at which an EventSource gives up
      return;
    }
    StreamHead.write(response);
    String accept = request.headers().get(HttpHeaders.ACCEPT);
    if (accept != null && accept.contains(WITH_POSITION)) {
      response.putHeader(POSITION, stream.startsAfter());
    }
    if (request.version() != HttpVersion.HTTP_2) {
      response.setChunked(true);
    }
    int retryMs = SseFormat.jittered(Math.max(retryFloorMs, stream.retryMs()));
    Future<Void> headWritten = response.write(format.prologue(retryMs));
    exchange.streams();
    stream.begin(ChunkedStreamSink.of(request, exchange.guard(), frames, headWritten));
  }

  /**
   * Returns the position that a client resumes after, or null. The header field comes before the
   * query, which is for proxies and first requests.
   */
  private static @Nullable String resumeAfter(HttpServerRequest request) {
    String id = request.headers().get(LAST_EVENT_ID);
    if (id == null || id.isEmpty()) {
      id = QueryText.first(request.query(), "last_event_id");
    }
    if (id == null || id.isEmpty()) {
      id = QueryText.first(request.query(), "lastEventId");
    }
    return id == null || id.isEmpty() ? null : id;
  }

  private void refuse(HttpServerRequest request, CounterName bound, String reason) {
    meters.count(bound);
    refusal.send(request, new UnavailableException(reason));
  }

  /**
   * Answers HEAD: whether the stream could be opened, without opening it. This asks for one
   * listener or channel and not for a list.
   */
  private void describe(HttpServerResponse response, String channel, @Nullable String listener) {
    Command lookup =
        listener == null ? new Command.Ping(channel) : new Command.FindListener(channel, listener);
    bus.command(lookup)
        .onComplete(
            found -> {
              if (!response.closed()) {
                StreamHead.write(response);
                response.end();
              }
            },
            failure -> Problem.send(response, BusClient.asEric(failure, channel)));
  }

  /**
   * A client's place among the streams, from the request to its end. The client may leave before
   * its stream is attached.
   */
  private static final class Visit {

    private final ClientQuota clients;
    private final Object client;
    private @Nullable EdgeStream stream;
    private boolean ended;

    private Visit(ClientQuota clients, Object client) {
      this.clients = clients;
      this.client = client;
    }

    private Future<EdgeStream> opens(EdgeStream asked) {
      stream = asked;
      return asked.whenAttached();
    }

    private boolean hasEnded() {
      return ended;
    }

    /** Gives the place back and ends the stream. Idempotent. */
    private void end() {
      if (ended) {
        return;
      }
      ended = true;
      clients.release(client);
      if (stream != null) {
        stream.lost();
      }
    }
  }
}
