package io.eric.http;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits at a connection's raw end and closes it when its client dawdles: it may take so long for the
 * head of a request, and may idle so long between requests. (A read time-out would not do: it kills
 * event streams, on which clients send nothing, and spares who sends a byte now and then; CWE-400.)
 *
 * <p>It also is the way to close a connection at once. Vert.x's own close waits until everything
 * before it is written, which for a client that does not read is for ever.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);

  private final Meters meters;
  private final long maxBytesInFlight;
  private final Deadlines requestDeadlines;
  private final Deadlines idleDeadlines;

  private @Nullable ChannelHandlerContext connection;
  private Deadlines.@Nullable Deadline deadline;
  private boolean idle;
  private int open;
  private long bytesInFlight;
  private @Nullable OpenRequest latest;
  private Runnable removed = () -> {};

  /**
   * A guard for one connection.
   *
   * @param maxBytesInFlight of the bodies of requests that are not answered
   */
  ConnectionGuard(
      Meters meters, long maxBytesInFlight, Deadlines requestDeadlines, Deadlines idleDeadlines) {
    this.meters = meters;
    this.maxBytesInFlight = maxBytesInFlight;
    this.requestDeadlines = requestDeadlines;
    this.idleDeadlines = idleDeadlines;
  }

  /** Runs this when the connection is closed, in place of what was said before. */
  void onRemoval(Runnable removed) {
    this.removed = removed;
    if (connection == null) {
      removed.run();
    }
  }

  /** The pipeline of the connection, from its raw end on; null once it is closed. */
  @Nullable ChannelPipeline pipeline() {
    ChannelHandlerContext connection = this.connection;
    return connection == null ? null : connection.pipeline();
  }

  /** A request's head has been read. */
  OpenRequest begin() {
    open++;
    idle = false;
    set(null);
    OpenRequest request = new OpenRequest();
    latest = request;
    return request;
  }

  /** The request whose handler runs at this moment. */
  OpenRequest latest() {
    return Objects.requireNonNull(latest, "no request has begun");
  }

  /** Closes at once, because a request takes too long. */
  void dawdled() {
    meters.count(Counter.HTTP_DAWDLERS);
    abort();
  }

  private void idledTooLong() {
    meters.count(Counter.IDLE_CLOSED);
    abort();
  }

  /** Whether the connection takes bytes, or its client has left too many unread. */
  boolean isWritable() {
    ChannelHandlerContext connection = this.connection;
    return connection != null && connection.channel().isWritable();
  }

  /** Closes at once; what is not written yet is dropped. */
  void abort() {
    ChannelHandlerContext connection = this.connection;
    if (connection != null) {
      var unused = connection.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection = ctx;
    set(requestDeadlines.start(this::dawdled));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    if (idle) {
      idle = false;
      set(requestDeadlines.start(this::dawdled));
    }
    ctx.fireChannelRead(bytes);
  }

  /**
   * A client that resets its connection is no error. Vert.x logs it as one where the connection has
   * no handler yet, as during the upgrade to HTTP/2, so anybody could fill the log (CWE-779).
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("a connection failed: {}", cause.toString());
      var unused = ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    set(null);
    connection = null;
    removed.run();
  }

  private void set(Deadlines.@Nullable Deadline next) {
    if (deadline != null) {
      deadline.cancel();
    }
    deadline = next;
  }

  /** A request that is being answered. */
  final class OpenRequest {

    private boolean ended;
    private long held;

    private OpenRequest() {}

    /**
     * Counts bytes of its body until it is answered. A request that is alone with its connection
     * may always go on.
     *
     * @return false if the connection has too many under way
     */
    boolean hold(int bytes) {
      if (bytesInFlight > held && bytes > maxBytesInFlight - bytesInFlight) {
        return false;
      }
      held += bytes;
      bytesInFlight += bytes;
      return true;
    }

    /** It was answered, or its client has given it up. Idempotent. */
    void end() {
      if (ended) {
        return;
      }
      ended = true;
      open--;
      bytesInFlight -= held;
      held = 0;
      if (open == 0 && connection != null) {
        idle = true;
        set(idleDeadlines.start(ConnectionGuard.this::idledTooLong));
      }
    }
  }
}
