package io.eric.http;

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

  private final int maxConnections;
  private final Deadlines requestDeadlines;
  private final Deadlines idleDeadlines;
  private int connections;

  GuardedHttpServer(int maxConnections, Deadlines requestDeadlines, Deadlines idleDeadlines) {
    this.maxConnections = maxConnections;
    this.requestDeadlines = requestDeadlines;
    this.idleDeadlines = idleDeadlines;
  }

  /** The server; everything of it happens on the event loop that it is started on. */
  HttpServer create(Vertx vertx, HttpServerOptions options) {
    return new HttpServerImpl(new GuardingVertx((VertxInternal) vertx), options);
  }

  private void guard(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    if (connections >= maxConnections) {
      var unused = channel.close();
      return;
    }
    connections++;
    var unused = channel.closeFuture().addListener(closed -> connections--);
    pipeline.addLast("guard", new ConnectionGuard(requestDeadlines, idleDeadlines));
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
