package io.eric.http.internal.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection after an I/O error, such as a reset by the client, and logs it at debug level
 * only. Vert.x logs it as an error while the connection has no handler yet, as during the upgrade
 * to HTTP/2, so that clients could fill the log (CWE-779). An application's server does not get
 * this handler, since the application has handlers of its own for such errors.
 */
final class IoErrors extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(IoErrors.class);

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("a connection failed: {}", cause.toString());
      var unused = ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
