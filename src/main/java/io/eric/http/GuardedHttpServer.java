package io.eric.http;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;

/**
 * An HTTP server that bounds its connections from the accept on. Vert.x shows a connection to the
 * application only when its first head is complete, which an attacker never sends; so this is the
 * one place that reaches below the API: the HTTP server gets a TCP server whose pipelines start
 * with a {@link ConnectionGuard}.
 */
final class GuardedHttpServer {

  private final HttpOptions options;
  private final Meters meters;
  private final ConnectionRate rate;
  private final Deadlines requestDeadlines;
  private final Deadlines idleDeadlines;
  private int connections;

  GuardedHttpServer(
      HttpOptions options, Meters meters, Deadlines requestDeadlines, Deadlines idleDeadlines) {
    this.options = options;
    this.meters = meters;
    this.rate = new ConnectionRate(options.getMaxConnectionsPerSecond(), System.nanoTime());
    this.requestDeadlines = requestDeadlines;
    this.idleDeadlines = idleDeadlines;
  }

  /** The server; everything of it happens on the event loop that it is started on. */
  HttpServer create(Vertx vertx, HttpServerOptions options) {
    return new HttpServerImpl(new GuardingVertx((VertxInternal) vertx), options);
  }

  /** How many are open. */
  int connections() {
    return connections;
  }

  private void guard(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    boolean full = connections >= options.getMaxConnections();
    if (full || !rate.allows(System.nanoTime())) {
      meters.count(full ? Counter.HTTP_CONNECTIONS_REFUSED : Counter.HTTP_CONNECTIONS_TOO_FAST);
      var unused = channel.close();
      return;
    }
    meters.count(Counter.HTTP_CONNECTIONS);
    connections++;
    var unused = channel.closeFuture().addListener(closed -> connections--);
    pipeline.addLast(
        "guard",
        new ConnectionGuard(
            meters, options.getMaxInFlightBytesPerConnection(), requestDeadlines, idleDeadlines));
  }

  private final class GuardingVertx extends VertxWrapper {

    private GuardingVertx(VertxInternal vertx) {
      super(vertx);
    }

    @Override
    public NetServerInternal createNetServer(NetServerOptions options) {
      return new NetServerImpl(delegate, options) {
        @Override
        protected void initChannel(ChannelPipeline pipeline, boolean ssl) {
          guard(pipeline);
          super.initChannel(pipeline, ssl);
        }
      };
    }
  }
}
