package io.eric.http.internal.guard;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ServerChannel;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Puts a handler into the channel of a server's listening socket, before Vert.x's own. Vert.x shows
 * a connection to the application only when its first bytes have come, which an attacker never
 * sends, and has no earlier hook. However, it gets the transport that makes this channel from the
 * owner of the context that a server listens on. The server is therefore given a context whose
 * owner returns a wrapped transport.
 *
 * <p>The proxies are called when a server starts and when a connection is opened. Requests run on
 * duplicates of the real context.
 */
final class ServerChannels {

  private ServerChannels() {}

  /**
   * Returns a context to listen on, which is the given one except for the server channels that are
   * made for it.
   *
   * @param handlers gives the first handler of each server channel
   */
  static ContextInternal handledBy(ContextInternal context, Supplier<ChannelHandler> handlers) {
    VertxInternal owner = new Owner(context.owner(), handlers);
    return replacing(ContextInternal.class, context, "owner", real -> owner);
  }

  /** Returns a proxy that answers like another object, except for one of its methods. */
  private static <T> T replacing(
      Class<T> type, T real, String replaced, Function<Object, Object> answer) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                Object answered = method.invoke(real, arguments);
                return method.getName().equals(replaced) ? answer.apply(answered) : answered;
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
    return type.cast(proxy);
  }

  private static ChannelFactory<ServerChannel> handling(
      ChannelFactory<? extends ServerChannel> factory, Supplier<ChannelHandler> handlers) {
    return () -> {
      ServerChannel channel = factory.newChannel();
      channel.pipeline().addLast(handlers.get());
      return channel;
    };
  }

  private static final class Owner extends VertxWrapper {

    private final Transport transport;

    @SuppressWarnings("unchecked") // a factory of server channels is what the method declares
    private Owner(VertxInternal vertx, Supplier<ChannelHandler> handlers) {
      super(vertx);
      this.transport =
          replacing(
              Transport.class,
              vertx.transport(),
              "serverChannelFactory",
              real -> handling((ChannelFactory<? extends ServerChannel>) real, handlers));
    }

    @Override
    public Transport transport() {
      return transport;
    }
  }
}
