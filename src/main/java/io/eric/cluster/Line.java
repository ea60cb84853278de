package io.eric.cluster;

import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.WireCodec;
import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines to the other nodes: whatever goes to one node within a turn of the event loop, commands
 * and answers and deliveries of all channels, goes as one message to its one address in the
 * cluster. What one context sends to one node arrives in order.
 *
 * <p>A message to a dead or frozen node vanishes without a word, so requests have a time-out.
 */
final class Line implements AddressRouter.Far {

  private static final Logger logger = LoggerFactory.getLogger(Line.class);

  private static final int SEND = 0;
  private static final int REQUEST = 1;
  private static final int REPLY = 2;
  private static final int FAILURE = 3;

  /** A message larger than this goes at once. */
  private static final int FULL = 256 << 10;

  private static final long SWEEP_MS = 100;

  private final Vertx vertx;
  private final ContextInternal context;
  private final EventBus bus;
  private final String node;
  private final Predicate<String> servesChannel;
  private final Predicate<String> isMember;
  private final ChannelDirectory channels;
  private final EdgeDirectory edges;
  private final DeliveryOptions local = LocalCodec.options();
  private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private @Nullable MessageConsumer<Buffer> consumer;
  private long sweep = -1;

  /**
   * Lines of a node.
   *
   * @param context where everything happens that nobody waits for on a context of his own
   * @param servesChannel whether a channel is open here
   * @param isMember whether a node is seen; what was under way when it was lost is void
   */
  Line(
      Vertx vertx,
      ContextInternal context,
      String node,
      Predicate<String> servesChannel,
      Predicate<String> isMember) {
    this.vertx = vertx;
    this.context = context;
    this.bus = vertx.eventBus();
    this.node = node;
    this.servesChannel = servesChannel;
    this.isMember = isMember;
    this.channels = new ChannelDirectory(vertx);
    this.edges = new EdgeDirectory(vertx);
  }

  /** Starts to hear; on the context. Completed when the cluster knows. */
  Future<Void> start() {
    if (sweep == -1) {
      sweep = vertx.setPeriodic(SWEEP_MS, timer -> sweep());
    }
    return register();
  }

  private Future<Void> register() {
    MessageConsumer<Buffer> ours = bus.consumer(Addresses.node(node));
    ours.handler(message -> hear(message.body().getBytes()));
    consumer = ours;
    return ours.completion();
  }

  /** Makes the cluster know this node's address anew; on the context. */
  Future<Void> registerAgain() {
    MessageConsumer<Buffer> before = consumer;
    return (before == null ? Future.<Void>succeededFuture() : before.unregister())
        .otherwiseEmpty()
        .compose(gone -> register());
  }

  /** Hears nothing any more; on the context. */
  Future<Void> close() {
    vertx.cancelTimer(sweep);
    sweep = -1;
    for (Long id : List.copyOf(pending.keySet())) {
      fail(id, timeout());
    }
    MessageConsumer<Buffer> ours = consumer;
    consumer = null;
    return ours == null ? Future.succeededFuture() : ours.unregister();
  }

  @Override
  public String node() {
    return node;
  }

  // ---- out

  @Override
  public void send(String toNode, String address, Object body) {
    if (toNode.equals(node)) {
      bus.send(address, body, options(body, 0, null));
      return;
    }
    out(toNode, item(SEND, 0, address, body), 0);
  }

  @Override
  public Future<@Nullable Object> request(
      String toNode, String address, Object body, long timeoutMs) {
    Promise<@Nullable Object> answer = ((VertxInternal) vertx).getOrCreateContext().promise();
    if (toNode.equals(node)) {
      ask(address, body, timeoutMs, null, answer);
      return answer.future();
    }
    long id = ids.incrementAndGet();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    pending.put(id, new Pending(toNode, answer, deadline));
    WireOutput item = item(REQUEST, id, address, body);
    item.putLong(timeoutMs);
    out(toNode, item, id);
    return answer.future();
  }

  /** A node is gone: whether it has done what it was asked is unknown. */
  void nodeGone(String gone) {
    outboxes.remove(gone);
    pending.forEach(
        (id, each) -> {
          if (each.node.equals(gone)) {
            fail(id, timeout());
          }
        });
  }

  private static WireOutput item(int kind, long id, String address, @Nullable Object body) {
    WireOutput item = new WireOutput(128);
    item.putByte(kind).putLong(id).putString(address);
    WireCodec.write(item, body);
    return item;
  }

  private void out(String toNode, WireOutput item, long id) {
    Outbox outbox = outboxes.computeIfAbsent(toNode, Outbox::new);
    if (outbox.add(item.toBytes(), id)) {
      context.runOnContext(turnEnds -> outbox.flush());
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    pending.forEach(
        (id, each) -> {
          if (now - each.deadline > 0) {
            fail(id, timeout());
          }
        });
  }

  private static ReplyException timeout() {
    return new ReplyException(ReplyFailure.TIMEOUT, "no answer from the other node");
  }

  private void fail(long id, ReplyException failure) {
    Pending asked = pending.remove(id);
    if (asked != null) {
      asked.answer.tryFail(failure);
    }
  }

  // ---- in

  private void hear(byte[] message) {
    try {
      WireInput in = new WireInput(message);
      String from = in.getString();
      if (!isMember.test(from)) {
        logger.debug("a message of node {} came too late", from);
        return;
      }
      while (!in.atEnd()) {
        WireInput item = new WireInput(in.getBytes());
        hear(from, item);
      }
    } catch (IllegalArgumentException e) {
      logger.error("a message from another node is not understood: {}", e.getMessage());
    }
  }

  private void hear(String from, WireInput item) {
    int kind = item.getByte();
    long id = item.getLong();
    String address = item.getString();
    if (kind == FAILURE) {
      ReplyFailure type = ReplyFailure.valueOf(item.getString());
      int code = item.getInt();
      fail(id, new ReplyException(type, code, item.getOptional()));
      return;
    }
    Object body = WireCodec.read(item);
    if (kind == SEND) {
      deliver(address, body);
    } else if (kind == REPLY) {
      Pending asked = pending.remove(id);
      if (asked != null) {
        asked.answer.tryComplete(body);
      }
    } else if (kind == REQUEST) {
      serve(from, id, address, body, item.getLong());
    } else {
      throw new IllegalArgumentException(kind + " is no kind of item");
    }
  }

  private void deliver(String address, @Nullable Object body) {
    if (body instanceof ChannelResponse news && edges.tellHere(address, news)) {
      return;
    }
    if (body instanceof ChannelRequest news
        && channels.tell(address.substring(Addresses.CHANNEL_PREFIX.length()), news)) {
      return;
    }
    bus.send(address, body, options(body, 0, null));
  }

  private void serve(String from, long id, String address, @Nullable Object body, long timeoutMs) {
    Promise<@Nullable Object> answer = context.promise();
    answer
        .future()
        .onComplete(
            done -> {
              WireOutput item;
              if (done.succeeded()) {
                item = item(REPLY, id, "", done.result());
              } else {
                item = new WireOutput(64).putByte(FAILURE).putLong(id).putString("");
                Throwable cause = done.cause();
                if (cause instanceof ReplyException failure) {
                  item.putString(failure.failureType().name())
                      .putInt(failure.failureCode())
                      .putOptional(failure.getMessage());
                } else {
                  logger.error("a request of another node to {} failed", address, cause);
                  item.putString(ReplyFailure.ERROR.name()).putInt(-1).putOptional(null);
                }
              }
              out(from, item, 0);
            });
    ask(address, body, timeoutMs, from, answer);
  }

  /** Asks somebody on this node. */
  private void ask(
      String address,
      @Nullable Object body,
      long timeoutMs,
      @Nullable String from,
      Promise<@Nullable Object> answer) {
    if (address.startsWith(Addresses.CHANNEL_PREFIX)
        && !servesChannel.test(address.substring(Addresses.CHANNEL_PREFIX.length()))) {
      answer.fail(
          new ReplyException(
              ReplyFailure.RECIPIENT_FAILURE, BusReply.MOVED, "the channel is not open here"));
      return;
    }
    bus.<Object>request(address, body, options(body, timeoutMs, from))
        .onComplete(
            done -> {
              if (done.failed()) {
                answer.tryFail(done.cause());
              } else if (address.startsWith("eric.listener.")) {
                answer.tryComplete(null); // whatever a consumer answers acknowledges
              } else {
                answer.tryComplete(done.result().body());
              }
            });
  }

  private DeliveryOptions options(@Nullable Object body, long timeoutMs, @Nullable String from) {
    boolean ours = body instanceof ChannelRequest || body instanceof ChannelResponse;
    if (ours && timeoutMs == 0) {
      return local;
    }
    DeliveryOptions options =
        ours ? LocalCodec.options() : new DeliveryOptions().setLocalOnly(true);
    if (timeoutMs > 0) {
      options.setSendTimeout(timeoutMs);
    }
    if (!ours && from != null) {
      options.addHeader(AddressRouter.NODE, from);
    }
    return options;
  }

  /** Who waits for an answer. */
  private record Pending(String node, Promise<@Nullable Object> answer, long deadline) {}

  /** What goes to one node next. For any thread. */
  private final class Outbox {

    private final String to;
    private List<byte[]> items = new ArrayList<>();
    private List<Long> requests = new ArrayList<>();
    private int size;

    private Outbox(String to) {
      this.to = to;
    }

    /** Whether somebody has to see to the flush. */
    private synchronized boolean add(byte[] item, long id) {
      items.add(item);
      size += item.length + 5;
      if (id != 0) {
        requests.add(id);
      }
      return items.size() == 1 || size > FULL;
    }

    private void flush() {
      List<byte[]> now;
      List<Long> asked;
      int bytes;
      synchronized (this) {
        now = items;
        asked = requests;
        bytes = size;
        items = new ArrayList<>();
        requests = new ArrayList<>();
        size = 0;
      }
      if (now.isEmpty()) {
        return;
      }
      if (!isMember.test(to)) {
        outboxes.remove(to, this); // an answer to a node that is gone has made it
        unreachable(asked);
        return;
      }
      WireOutput message = new WireOutput(bytes + 64);
      message.putString(node);
      for (byte[] item : now) {
        message.putBytes(item);
      }
      bus.<Buffer>sender(Addresses.node(to))
          .write(Buffer.buffer(message.toBytes()))
          .onFailure(
              e -> {
                logger.debug("node {} cannot be reached: {}", to, e.toString());
                unreachable(asked);
              });
    }

    private void unreachable(List<Long> asked) {
      for (long id : asked) {
        fail(id, new ReplyException(ReplyFailure.NO_HANDLERS, "the node is not there"));
      }
    }
  }
}
