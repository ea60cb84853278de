package io.eric.edge;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.bus.Addresses;
import io.eric.bus.BusClient;
import io.eric.bus.Counter;
import io.eric.bus.FromChannel;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.Gauge;
import io.eric.bus.LocalCodec;
import io.eric.bus.Meters;
import io.eric.bus.Moved;
import io.eric.bus.Neighbours;
import io.eric.bus.Post;
import io.eric.bus.ToChannel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A door's streams. Channels deliver here once per message, however many streams there are; the
 * edge encodes once and writes the same bytes to all live streams, everything of one turn of the
 * event loop in one write. Streams that lag read for themselves.
 *
 * <p>Belongs to one verticle: everything happens on the context that created it.
 */
public final class Edge {

  private static final Logger logger = LoggerFactory.getLogger(Edge.class);

  final EdgeOptions options;
  final StreamFormat format;
  final BusClient client;
  final Vertx vertx;
  final Meters meters;
  final String address;
  private final Context context;
  private final Neighbours neighbours;
  final Map<String, ChannelStreams> channels = new HashMap<>();
  final Pulse pulse;
  final TurnWrites turnWrites;
  private final Post post;
  private @Nullable MessageConsumer<FromChannel> consumer;
  private @Nullable MessageConsumer<Moved> moves;
  private long nextStream = 1;
  private int streams;
  private boolean closed;
  private Runnable unmetered = () -> {};

  /** An edge of the verticle whose context this is called on. */
  public Edge(Vertx vertx, StreamFormat format, EdgeOptions options) {
    this.vertx = vertx;
    this.meters = Meters.of(vertx);
    this.context = vertx.getOrCreateContext();
    this.neighbours = new Neighbours(vertx);
    this.format = format;
    this.options = options;
    this.client = new BusClient(vertx);
    this.post = new Post(vertx);
    this.address = Addresses.edge(Ids.random());
    this.pulse = new Pulse(vertx, options);
    this.turnWrites = new TurnWrites(context, options.getBatchBytes());
  }

  /** Starts to take deliveries. */
  public Future<Void> start() {
    MessageConsumer<FromChannel> ours = vertx.eventBus().localConsumer(address);
    ours.handler(this::asked);
    consumer = ours;
    neighbours.addEdge(address, context, this::told);
    unmetered = meters.add(context, this::sample);
    moves = vertx.eventBus().localConsumer(Addresses.MOVED, move -> moved(move.body()));
    return ours.completion();
  }

  /**
   * Attaches a stream to a listener (or, without one, a watcher) of a channel. Nothing is written
   * before {@link EdgeStream#begin}.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @return fails with an {@link EricException}
   */
  public Future<EdgeStream> open(
      String channel, @Nullable String listener, @Nullable String after) {
    if (closed) {
      return Future.failedFuture(new io.eric.UnavailableException("the hub is draining"));
    }
    EdgeStream stream = new EdgeStream(this, channelStreams(channel), nextStream++);
    stream.watches = listener == null;
    stream.channel.add(stream);
    streams++;
    return client
        .<Attached>ask(channel, attach(stream.number, listener, after))
        .map(
            attached -> {
              meters.count(Counter.STREAMS_OPENED);
              stream.attached(attached);
              return stream;
            })
        .onFailure(stream::notAttached);
  }

  ToChannel.Attach attach(long number, @Nullable String listener, @Nullable String after) {
    return new ToChannel.Attach(
        address,
        number,
        listener,
        after,
        true,
        false,
        options.getLagMessages() * 16,
        options.getBatchBytes());
  }

  /** How many streams are open. */
  public int streams() {
    return streams;
  }

  /**
   * Ends all streams with {@code _eric_goodbye} and a jittered retry, spread evenly over the given
   * time in milliseconds. New streams are refused from now on.
   */
  public Future<Void> drain(long overMs) {
    closed = true;
    List<EdgeStream> all = all();
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> drained = Promise.promise();
    goodbye(all, 0, System.nanoTime(), overMs, drained);
    return drained.future();
  }

  private void goodbye(
      List<EdgeStream> all, int next, long startedNs, long overMs, Promise<Void> drained) {
    long elapsedMs = (System.nanoTime() - startedNs) / 1_000_000;
    int due =
        overMs <= 0 ? all.size() : (int) Math.min(all.size(), 1 + all.size() * elapsedMs / overMs);
    int index = next;
    for (; index < due; index++) {
      all.get(index).goodbye(jitteredRetry());
    }
    if (index == all.size()) {
      drained.complete();
      return;
    }
    int reached = index;
    vertx.setTimer(10, timer -> goodbye(all, reached, startedNs, overMs, drained));
  }

  /** Clients come back after 1 to 3 seconds, not all at once. */
  private static int jitteredRetry() {
    return ThreadLocalRandom.current().nextInt(1_000, 3_000);
  }

  /** Detaches and ends everything at once. Idempotent. */
  public Future<Void> close() {
    closed = true;
    pulse.stop();
    unmetered.run();
    for (EdgeStream stream : all()) {
      stream.endAtOnce();
    }
    MessageConsumer<FromChannel> ours = consumer;
    consumer = null;
    neighbours.removeEdge(address);
    MessageConsumer<Moved> heard = moves;
    moves = null;
    if (heard != null) {
      heard.unregister();
    }
    return ours == null ? Future.succeededFuture() : ours.unregister();
  }

  private void sample(Meters.Readings readings) {
    long live = 0;
    for (ChannelStreams channel : channels.values()) {
      live += channel.live();
    }
    readings.add(Gauge.STREAMS_LIVE, live);
    readings.add(Gauge.STREAMS_CATCHING_UP, streams - live);
  }

  private List<EdgeStream> all() {
    List<EdgeStream> all = new ArrayList<>(streams);
    channels.values().forEach(channel -> all.addAll(channel.streams()));
    return all;
  }

  private ChannelStreams channelStreams(String channel) {
    return channels.computeIfAbsent(channel, id -> new ChannelStreams(this, id));
  }

  private void moved(Moved move) {
    ChannelStreams channel = channels.get(move.channel());
    if (channel != null) {
      channel.moved(move.term());
    }
  }

  /** Whether channels may come back on another node when they do not answer here. */
  boolean isClustered() {
    return post.far() != null;
  }

  /** A number that no stream here has had. */
  long newNumber() {
    return nextStream++;
  }

  /** A stream is over. */
  void closed(EdgeStream stream) {
    streams--;
    pulse.remove(stream);
    if (stream.channel.remove(stream)) {
      channels.remove(stream.channel.id, stream.channel);
    }
  }

  /** A stream has begun: it gets heartbeats, and its writes a deadline. */
  void begun(EdgeStream stream) {
    pulse.add(stream);
  }

  private void asked(Message<FromChannel> message) {
    if (message.body() instanceof FromChannel.End end) {
      EdgeStream stream = find(end.channel(), end.stream());
      if (stream == null) {
        message.fail(404, "no such stream");
      } else {
        stream.ended(
            end, written -> message.reply(new FromChannel.Ended(written), LocalCodec.options()));
      }
    } else {
      told(message.body());
    }
  }

  private void told(FromChannel news) {
    if (news instanceof FromChannel.Delivery delivery) {
      ChannelStreams channel = channels.get(delivery.channel());
      if (channel == null) {
        // Its last stream has just gone; nobody must wait for us.
        client.tell(delivery.channel(), new ToChannel.Acknowledge(address, delivery.through()));
      } else {
        channel.deliver(delivery);
      }
    } else if (news instanceof FromChannel.Wake wake) {
      EdgeStream stream = find(wake.channel(), wake.stream());
      if (stream != null) {
        stream.wake();
      }
    } else {
      logger.warn("edge {} does not know what to do with {}", address, news.getClass());
    }
  }

  private @Nullable EdgeStream find(String channelId, long number) {
    ChannelStreams channel = channels.get(channelId);
    return channel == null ? null : channel.find(number);
  }
}
