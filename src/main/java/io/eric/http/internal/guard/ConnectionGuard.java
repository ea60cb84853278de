package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits at a connection's raw end and closes it when its client dawdles: it may take so long for the
 * head of a request, and may idle so long between requests. (A read time-out would not do: it kills
 * event streams, on which clients send nothing, and spares a client that sends a byte now and then;
 * CWE-400.)
 *
 * <p>It lets requests of a client wait that has not taken the answers to earlier ones.
 *
 * <p>It also is the way to close a connection at once. Vert.x's own close waits until everything
 * before it is written, which for a client that does not read is for ever.
 */
public final class ConnectionGuard extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);

  /** HTTP/2's error code for a request that nothing was done for, RFC 9113, section 7. */
  private static final long REFUSED_STREAM = 0x7;

  private final Meters meters;
  private final Limits limits;
  private final Object client;
  private final UnsentAnswers.OfConnection unsent;
  private final QueuedBytes queued;
  private final ByteBudget.OfClient buffered;
  private final Queue<Postponed> waiting = new ArrayDeque<>(1);

  private @Nullable ChannelHandlerContext connection;
  private Deadlines.@Nullable Deadline deadline;
  private boolean idle;
  private boolean multiplexes;
  private boolean refused;
  private int open;
  private int multiplexedOpen;
  private long bytesInFlight;
  private @Nullable OpenRequest latest;
  private Runnable removed = () -> {};
  private int resets;
  private boolean resetsTold;
  private long resetsSince;

  /**
   * A guard for one connection.
   *
   * @param client whose it is, as {@link ClientQuota} has it
   */
  ConnectionGuard(Object client, Meters meters, Limits limits) {
    this.client = client;
    this.meters = meters;
    this.limits = limits;
    this.unsent = limits.unsent.of(this::abort);
    this.queued = new QueuedBytes(unsent, () -> !waiting.isEmpty(), this::handleWaiting);
    this.buffered = limits.buffered.of(client);
  }

  /**
   * What all connections of a door have in common.
   *
   * @param maxBytesInFlight of the bodies of a connection's requests that are not answered
   * @param maxResets of requests that had no answer, of a connection, within {@code resetWindow}
   * @param resetWindow nanoseconds
   * @param watch how long a connection may go on without a request
   * @param messageDeadlines for a message of a WebSocket
   * @param unsent answers that were not taken
   * @param buffered what has been read of unfinished bodies and messages
   * @param requests those of HTTP/2
   */
  public record Limits(
      long maxBytesInFlight,
      int maxResets,
      long resetWindow,
      Watch watch,
      Deadlines messageDeadlines,
      UnsentAnswers unsent,
      ByteBudget buffered,
      RequestQuota requests) {}

  /**
   * How long a connection may go on without a request.
   *
   * @param heads for the head of a request; null for ever
   * @param idle between requests; null for ever
   */
  public record Watch(@Nullable Deadlines heads, @Nullable Deadlines idle) {

    /** For ever. */
    public static final Watch NONE = new Watch(null, null);
  }

  /** Runs this when the connection is closed, in place of what was said before. */
  void onRemoval(Runnable removed) {
    this.removed = removed;
    if (connection == null) {
      removed.run();
    }
  }

  /** The pipeline of the connection, from its raw end on; null once it is closed. */
  public @Nullable ChannelPipeline pipeline() {
    ChannelHandlerContext connection = this.connection;
    return connection == null ? null : connection.pipeline();
  }

  /** A request's head has been read. Gives null for one that has been refused, and is over. */
  public @Nullable OpenRequest begin(HttpServerRequest request, AnswerHooks hooks) {
    boolean multiplexed = request.version() == HttpVersion.HTTP_2;
    if (multiplexed && !limits.requests.take(client)) {
      meters.count(CounterName.REQUESTS_OVER_QUOTA);
      request.response().reset(REFUSED_STREAM);
      return null;
    }
    open++;
    idle = false;
    set(null);
    OpenRequest begun = new OpenRequest(request, multiplexed);
    latest = begun;
    if (multiplexed) {
      multiplexes = true;
      multiplexedOpen++;
      hooks.onClose(begun::closed);
      unsliced();
    }
    hooks.onBodyEnd(begun::answered);
    return begun;
  }

  /**
   * The latest request becomes a WebSocket, unless its answer says otherwise. It never ends: what
   * follows are frames, and the bridge itself notices a client that falls silent.
   *
   * @param maxMessage the longest message that it may send, in bytes
   * @return false if it must be refused: something has been read already of what follows it, which
   *     is not counted then
   */
  public boolean upgrade(int maxMessage) {
    ChannelPipeline pipeline = pipeline();
    InputSlices slices = pipeline == null ? null : pipeline.get(InputSlices.class);
    if (pipeline == null
        || slices == null
        || !slices.isPassingHead()
        || pipeline.get(WebSocketMessages.class) != null) {
      return false;
    }
    ChannelHandler messages =
        new WebSocketMessages(
            maxMessage, buffered, limits.messageDeadlines, meters, queued::wroteFrame);
    // Right before the decoder; the slices before it bound what one read can make of objects.
    pipeline.addAfter(pipeline.context(slices).name(), "messages", messages);
    latest().upgraded = true;
    queued.countEveryByte(true);
    return true;
  }

  /** What its client may have read of unfinished bodies and messages. */
  public ByteBudget.OfClient buffered() {
    return buffered;
  }

  /** The request whose handler runs at this moment. */
  public OpenRequest latest() {
    return Objects.requireNonNull(latest, "no request has begun");
  }

  /** Closes at once, because a request takes too long. */
  public void dawdled() {
    meters.count(CounterName.HTTP_DAWDLERS);
    abort();
  }

  private void idledTooLong() {
    meters.count(CounterName.IDLE_CLOSED);
    abort();
  }

  /** Nothing that follows on this connection is a request any more, whatever it looks like. */
  public void refuseTheRest() {
    refused = true;
  }

  /** See {@link #refuseTheRest}. */
  public boolean isRefused() {
    return refused;
  }

  /** Whether the connection takes bytes, or its client has left too many unread. */
  public boolean isWritable() {
    ChannelHandlerContext connection = this.connection;
    return connection != null && connection.channel().isWritable();
  }

  /** Whether the client takes its answers, so that there may be another one. */
  public boolean takesAnswers() {
    return waiting.isEmpty() && hasRoom();
  }

  private boolean hasRoom() {
    return unsent.hasRoom() && isWritable();
  }

  /**
   * Handles a request when the client has taken enough of its answers. As many wait as the client
   * may have under way: {@link RequestQuota} on HTTP/2, one on HTTP/1.x.
   */
  public void handleLater(OpenRequest begun, Runnable handler) {
    meters.count(CounterName.REQUESTS_WAITED);
    begun.request.pause();
    waiting.add(new Postponed(begun, handler));
    if (!begun.multiplexed) {
      queued.look();
    }
  }

  private void handleWaiting() {
    while (!waiting.isEmpty() && hasRoom()) {
      Postponed next = waiting.remove();
      if (next.request.closed) {
        continue; // the client has given it up, and nobody is there to answer
      }
      latest = next.request;
      next.handler.run();
      next.request.request.resume();
    }
  }

  /** Closes at once; what is not written yet is dropped. */
  public void abort() {
    ChannelHandlerContext connection = this.connection;
    if (connection != null) {
      var unused = connection.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection = ctx;
    queued.open(ctx);
    start(limits.watch.heads, this::dawdled);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    // What an idle HTTP/2 connection says may be no request: a ping, or room for what was sent.
    if (idle && !multiplexes) {
      idle = false;
      start(limits.watch.heads, this::dawdled);
    }
    ctx.fireChannelRead(bytes);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.fireChannelWritabilityChanged();
    if (!waiting.isEmpty() && ctx.channel().isWritable()) {
      ctx.executor().execute(this::handleWaiting);
    }
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
    queued.close();
    unsent.clear();
    buffered.close();
    waiting.clear();
    for (; multiplexedOpen > 0; multiplexedOpen--) {
      limits.requests.release(client);
    }
    removed.run();
  }

  private void start(@Nullable Deadlines deadlines, Runnable expired) {
    set(deadlines == null ? null : deadlines.start(expired));
  }

  private void set(Deadlines.@Nullable Deadline next) {
    if (deadline != null) {
      deadline.cancel();
    }
    deadline = next;
  }

  /** What is multiplexed has bounds of its own. Later: something passes through it now. */
  private void unsliced() {
    ChannelPipeline pipeline = pipeline();
    if (pipeline != null && pipeline.get(InputSlices.class) != null) {
      pipeline
          .channel()
          .eventLoop()
          .execute(
              () -> {
                if (pipeline.get(InputSlices.class) != null) {
                  pipeline.remove(InputSlices.class);
                }
              });
    }
  }

  /** Vert.x counts what the client has room for; what it has not is what is looked for. */
  private static long length(HttpServerResponse answer) {
    String length = answer.headers().get(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private void countReset() {
    long now = System.nanoTime();
    if (now - resetsSince > limits.resetWindow) {
      resetsSince = now;
      resets = 0;
    }
    if (++resets > limits.maxResets && limits.maxResets > 0 && !resetsTold) {
      resetsTold = true;
      meters.count(CounterName.HTTP_RESETS_CLOSED);
      abort();
    }
  }

  private record Postponed(OpenRequest request, Runnable handler) {}

  /** A request that is being answered. */
  public final class OpenRequest {

    private final HttpServerRequest request;
    private final boolean multiplexed;
    private boolean answered;
    private boolean ended;
    private boolean streams;
    private boolean upgraded;
    private boolean closed;
    private boolean ours;
    private Runnable over = () -> {};
    private long held;
    private long unsentBytes;

    private OpenRequest(HttpServerRequest request, boolean multiplexed) {
      this.request = request;
      this.multiplexed = multiplexed;
    }

    /** The guard of its connection. */
    public ConnectionGuard guard() {
      return ConnectionGuard.this;
    }

    /**
     * Runs this when nothing of it is left: the client has all of the answer or has given it up.
     * Vert.x has one handler for that, and it is taken.
     */
    public void onClosed(Runnable over) {
      this.over = over;
    }

    /**
     * Resets it, on HTTP/2. The client has not done this, so it does not count against the client.
     */
    public void reset(long code) {
      ours = true;
      request.response().reset(code);
    }

    /**
     * Counts a piece of an answer that is written in pieces; what {@link #answered} finds is not
     * enough, for that may be never.
     *
     * @param written when the connection has it
     */
    public void wrote(int bytes, Future<Void> written) {
      if (closed || connection == null) {
        return;
      }
      if (!multiplexed) {
        queued.lookLater();
        return;
      }
      unsentBytes += bytes;
      unsent.add(bytes);
      written.onComplete(
          done -> {
            if (!closed) {
              unsentBytes -= bytes;
              unsent.remove(bytes);
            }
          });
    }

    /** Its answer is a stream, which has bounds of its own. */
    public void streams() {
      streams = true;
    }

    /**
     * Counts bytes of its body until it is answered. A request that is alone with its connection
     * may always go on.
     *
     * @return false if the connection has too many under way
     */
    public boolean hold(int bytes) {
      if (bytesInFlight > held && bytes > limits.maxBytesInFlight - bytesInFlight) {
        return false;
      }
      held += bytes;
      bytesInFlight += bytes;
      return true;
    }

    /** All of its answer is with Vert.x. */
    private void answered() {
      answered = true;
      if (upgraded) {
        downgrade(); // Vert.x does not say so of the answer that upgrades
      }
      end();
      if (streams || closed) {
        return; // an answer that was taken at once is closed before it is answered
      }
      if (multiplexed) {
        long length = length(request.response());
        unsentBytes += length;
        unsent.add(length);
      } else {
        queued.lookLater();
      }
    }

    /** HTTP/2: the client has all of it, or has given it up. Idempotent. */
    void closed() {
      if (closed || !multiplexed) {
        return;
      }
      closed = true;
      // An answer that is taken at once is over before Vert.x says that it has ended.
      boolean reset = !answered && !request.response().ended() && !streams && !ours;
      end();
      if (multiplexedOpen > 0) {
        multiplexedOpen--;
        limits.requests.release(client);
      }
      unsent.remove(unsentBytes);
      unsentBytes = 0;
      if (reset) {
        countReset();
      }
      over.run();
      if (!waiting.isEmpty()) {
        handleWaiting();
      }
    }

    /** It has been answered as a request, and is none but that. */
    private void downgrade() {
      upgraded = false;
      queued.countEveryByte(false);
      ChannelPipeline pipeline = pipeline();
      if (pipeline != null && pipeline.get(WebSocketMessages.class) != null) {
        pipeline.remove(WebSocketMessages.class);
      }
    }

    private void end() {
      if (ended || upgraded) {
        return;
      }
      ended = true;
      open--;
      bytesInFlight -= held;
      held = 0;
      if (open == 0 && connection != null) {
        idle = true;
        start(limits.watch.idle, ConnectionGuard.this::idledTooLong);
      }
    }
  }
}
