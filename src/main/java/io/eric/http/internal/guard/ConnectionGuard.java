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
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the raw end of a connection's pipeline and closes the connection of a slow client. The
 * time for the head of a request is bounded, and so is the time between requests. (A read time-out
 * would not do: it would close event streams, on which clients send nothing, and spare a client
 * that sends a byte from time to time; CWE-400.)
 *
 * <p>The guard also postpones requests of a client that has not taken the answers to earlier ones.
 *
 * <p>It is also the way to close a connection at once. Vert.x's own close waits until everything
 * before it is written, which never happens if the client does not read. On the connection's event
 * loop only.
 */
public final class ConnectionGuard extends ChannelInboundHandlerAdapter {

  /** HTTP/2's error code for a request that was not processed, RFC 9113, section 7. */
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
   * Creates the guard of one connection.
   *
   * @param client the key of the client, see {@link ClientQuota#client}
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
   * The limits that all connections of a door share.
   *
   * @param maxBytesInFlight how many bytes of bodies a connection's unanswered requests may have
   * @param maxResets how many requests of a connection its client may reset before they are
   *     answered, within {@code resetWindow}; 0 for any number
   * @param resetWindow in nanoseconds
   * @param watch how long a connection may be open without a request
   * @param messageDeadlines the deadlines for messages of WebSockets
   * @param unsent the answers that were not taken
   * @param buffered the bytes of unfinished bodies and messages
   * @param requests the requests of HTTP/2
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
   * The deadlines of a connection without a request.
   *
   * @param heads for the head of a request; null for no deadline
   * @param idle between requests; null for no deadline
   */
  public record Watch(@Nullable Deadlines heads, @Nullable Deadlines idle) {

    /** No deadlines. */
    public static final Watch NONE = new Watch(null, null);
  }

  /**
   * Sets the action that runs when the connection is closed, in place of an earlier one. If the
   * connection is closed already, the action runs at once.
   */
  void onRemoval(Runnable removed) {
    this.removed = removed;
    if (connection == null) {
      removed.run();
    }
  }

  /**
   * Returns the pipeline of the connection, from its raw end on; null once the connection is
   * closed.
   */
  public @Nullable ChannelPipeline pipeline() {
    ChannelHandlerContext connection = this.connection;
    return connection == null ? null : connection.pipeline();
  }

  /**
   * Begins a request whose head has been read.
   *
   * @return null if the request was refused and is over
   */
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
   * Makes the latest request a WebSocket, unless its answer turns out to be an ordinary one. A
   * WebSocket request never ends: frames follow it, and the bridge itself notices a client that
   * falls silent.
   *
   * @param maxMessage the length of the longest message that the client may send, in bytes
   * @return false if the request must be refused, because bytes that follow it have been read
   *     already and would not be counted, or because the connection has been upgraded before
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
    // The place right before the decoder; the slices in front of it bound how many objects one read
    // makes.
    pipeline.addAfter(pipeline.context(slices).name(), "messages", messages);
    latest().upgraded = true;
    queued.countEveryByte(true);
    return true;
  }

  /** Returns the client's part of the bytes of unfinished bodies and messages. */
  public ByteBudget.OfClient buffered() {
    return buffered;
  }

  /**
   * Returns the request whose handler is running.
   *
   * @throws NullPointerException if no request has begun
   */
  public OpenRequest latest() {
    return Objects.requireNonNull(latest, "no request has begun");
  }

  /** Closes the connection at once, because a request takes too long. */
  public void dawdled() {
    meters.count(CounterName.HTTP_DAWDLERS);
    abort();
  }

  private void idledTooLong() {
    meters.count(CounterName.IDLE_CLOSED);
    abort();
  }

  /** Declares that nothing that follows on this connection is a request, whatever it looks like. */
  public void refuseTheRest() {
    refused = true;
  }

  /** Returns whether {@link #refuseTheRest} was called. */
  public boolean isRefused() {
    return refused;
  }

  /**
   * Returns whether the connection takes bytes; it does not if its client has left too many unread,
   * or if it is closed.
   */
  public boolean isWritable() {
    ChannelHandlerContext connection = this.connection;
    return connection != null && connection.channel().isWritable();
  }

  /** Returns whether the client takes its answers, so that another request may be handled. */
  public boolean takesAnswers() {
    return waiting.isEmpty() && hasRoom();
  }

  private boolean hasRoom() {
    return unsent.hasRoom() && isWritable();
  }

  /**
   * Handles a request when the client has taken enough of its answers. As many requests wait as the
   * client may have under way: {@link RequestQuota} bounds them on HTTP/2, and on HTTP/1.x there is
   * one.
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
        continue; // the client has given the request up
      }
      latest = next.request;
      next.handler.run();
      next.request.request.resume();
    }
  }

  /** Closes the connection at once; bytes that are not written yet are dropped. */
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
    // On an idle HTTP/2 connection what arrives may be no request, but a ping or a window update.
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

  /**
   * Removes the slices, because HTTP/2 has bounds of its own. This happens in a later turn, since a
   * slice is passing through at this moment.
   */
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

  /** Returns the length of an answer; 0 if it is not announced. */
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

    /** Returns the guard of the request's connection. */
    public ConnectionGuard guard() {
      return ConnectionGuard.this;
    }

    /**
     * Sets the action that runs when the request is over on HTTP/2: the client has the whole answer
     * or has given it up. On HTTP/1.x the action never runs. Vert.x has one handler for this event,
     * which the guard uses itself.
     */
    public void onClosed(Runnable over) {
      this.over = over;
    }

    /**
     * Resets the request, on HTTP/2. The client has not done this, so it does not count against the
     * client.
     *
     * @param code the error code of HTTP/2
     */
    public void reset(long code) {
      ours = true;
      request.response().reset(code);
    }

    /**
     * Counts a piece of an answer that is written in pieces. Counting the whole answer when it is
     * complete would not be enough, since it may never be.
     *
     * @param bytes the length of the piece
     * @param written completes when the connection has sent the piece
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

    /** Declares that the answer is a stream, which has bounds of its own. */
    public void streams() {
      streams = true;
    }

    /**
     * Counts bytes of the request's body until the request is answered. If no other request of the
     * connection holds bytes, they are always allowed.
     *
     * @return false if the connection has too many bytes under way; nothing is counted then
     */
    public boolean hold(int bytes) {
      if (bytesInFlight > held && bytes > limits.maxBytesInFlight - bytesInFlight) {
        return false;
      }
      held += bytes;
      bytesInFlight += bytes;
      return true;
    }

    /** Notes that Vert.x has the whole answer. */
    private void answered() {
      answered = true;
      if (upgraded) {
        downgrade(); // Vert.x reports no end of an answer that upgrades
      }
      end();
      if (streams || closed) {
        return; // an answer that was taken at once is closed before it counts as answered
      }
      if (multiplexed) {
        long length = length(request.response());
        unsentBytes += length;
        unsent.add(length);
      } else {
        queued.lookLater();
      }
    }

    /** Ends a request of HTTP/2: the client has the whole answer or has given it up. Idempotent. */
    void closed() {
      if (closed || !multiplexed) {
        return;
      }
      closed = true;
      // An answer that is taken at once is over before Vert.x reports its end.
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

    /** Ends the preparation of a WebSocket, because the request was answered as an ordinary one. */
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
