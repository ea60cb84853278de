package io.eric.internal.edge;

import io.eric.Ids;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ChannelLink;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamDigest;
import io.eric.internal.protocol.StreamTallies;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a door's streams. A channel delivers each message to an edge once, however many streams
 * there are. The edge encodes it once and writes the same bytes to all live streams; everything of
 * one turn of the event loop goes out in one write. Streams that lag read for themselves.
 *
 * <p>An edge belongs to one verticle: everything happens on the context that created it.
 */
public final class Edge {

  final EdgeOptions options;
  final StreamFormat format;
  final ChannelLink client;
  final Loop loop;
  final Meters meters;
  final String address = Addresses.edge(Ids.random());
  private final Function<Edge, EdgeAddress> opening;
  private final BooleanSupplier clustered;
  final Map<String, ChannelStreams> channels = new HashMap<>();
  final HeartbeatTimer heartbeats;
  final TurnWrites turnWrites;
  final UnconfirmedChannels unconfirmed;
  private @Nullable EdgeAddress registered;
  private long nextStream = 1;
  private int streams;
  private boolean closed;

  /** Creates an edge of the verticle on whose context this is called. */
  public Edge(Vertx vertx, StreamFormat format, EdgeOptions options) {
    this(
        new VertxLoop(vertx.getOrCreateContext()),
        new BusClient(vertx),
        Meters.of(vertx),
        isClustered(vertx),
        edge -> new EdgeAddress(vertx, edge),
        format,
        options);
  }

  /**
   * Creates an edge.
   *
   * @param loop everything happens on it
   * @param clustered whether channels that do not answer may come back on another node
   * @param opening makes the edge known to channels
   */
  Edge(
      Loop loop,
      ChannelLink client,
      Meters meters,
      BooleanSupplier clustered,
      Function<Edge, EdgeAddress> opening,
      StreamFormat format,
      EdgeOptions options) {
    this.loop = loop;
    this.client = client;
    this.meters = meters;
    this.unconfirmed = new UnconfirmedChannels(loop, this::proveOwner, options.confirmIntervalMs());
    this.clustered = clustered;
    this.opening = opening;
    this.format = format;
    this.options = options;
    this.heartbeats = new HeartbeatTimer(loop, options, this::confirmStreams);
    this.turnWrites = new TurnWrites(loop, options.getBatchBytes());
  }

  private static BooleanSupplier isClustered(Vertx vertx) {
    AddressRouter router = new AddressRouter(vertx);
    return () -> router.far() != null;
  }

  /** Starts taking deliveries. */
  public Future<Void> start() {
    EdgeAddress ours = opening.apply(this);
    registered = ours;
    return ours.opened();
  }

  /**
   * Attaches a stream to a listener (or, without one, a watcher) of a channel. Nothing is written
   * before {@link EdgeStream#begin}.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @return the stream, which is {@linkplain EdgeStream#whenAttached attached} later, and may be
   *     {@linkplain EdgeStream#lost lost} from now on
   * @throws UnavailableException if the hub is draining
   */
  public EdgeStream open(String channel, @Nullable String listener, @Nullable String after) {
    if (closed) {
      throw new UnavailableException("the hub is draining");
    }
    EdgeStream stream = new EdgeStream(this, channelStreams(channel), nextStream++, listener);
    stream.channel.add(stream);
    streams++;
    stream.attach(after);
    return stream;
  }

  /** Returns how many streams are open. */
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
    goodbye(all, 0, loop.nanoTime(), overMs, drained);
    return drained.future();
  }

  private void goodbye(
      List<EdgeStream> all, int next, long startedNs, long overMs, Promise<Void> drained) {
    long elapsedMs = (loop.nanoTime() - startedNs) / 1_000_000;
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
    loop.after(10, () -> goodbye(all, reached, startedNs, overMs, drained));
  }

  /** Returns a random retry of 1 to 3 seconds, so that clients do not come back all at once. */
  int jitteredRetry() {
    return (int) (1_000 + loop.random(2_000));
  }

  /** Detaches and ends everything at once. Idempotent. */
  public Future<Void> close() {
    closed = true;
    heartbeats.stop();
    unconfirmed.close();
    for (EdgeStream stream : all()) {
      stream.endAtOnce();
    }
    EdgeAddress ours = registered;
    registered = null;
    return ours == null ? Future.succeededFuture() : ours.close();
  }

  void sample(Meters.Readings readings) {
    long live = 0;
    for (ChannelStreams channel : channels.values()) {
      live += channel.live();
    }
    long unconfirmedStreams = 0;
    for (ChannelStreams channel : channels.values()) {
      unconfirmedStreams += channel.book.unconfirmed();
    }
    readings.add(GaugeName.STREAMS_UNCONFIRMED, unconfirmedStreams);
    readings.add(GaugeName.CHANNELS_UNCONFIRMED, unconfirmed.count());
    readings.add(GaugeName.STREAMS_LIVE, live);
    readings.add(GaugeName.STREAMS_CATCHING_UP, streams - live);
  }

  private List<EdgeStream> all() {
    List<EdgeStream> all = new ArrayList<>(streams);
    channels.values().forEach(channel -> all.addAll(channel.streams()));
    return all;
  }

  private ChannelStreams channelStreams(String channel) {
    return channels.computeIfAbsent(channel, id -> new ChannelStreams(this, id));
  }

  /**
   * Tells a channel's streams that it has another owner, or that its owner is within reach again.
   * If they have all gone elsewhere meanwhile, none is left that would find out that it is well.
   */
  void moved(OwnerChanged move) {
    ChannelStreams channel = channels.get(move.channel());
    if (channel != null) {
      channel.moved(move.term());
    } else {
      unconfirmed.forget(move.channel());
    }
  }

  /** Returns whether channels that do not answer may come back on another node. */
  boolean isClustered() {
    return clustered.getAsBoolean();
  }

  /** Returns a number that no stream here has had. */
  long newNumber() {
    return nextStream++;
  }

  /** Forgets a stream that is over. */
  void closed(EdgeStream stream) {
    streams--;
    heartbeats.remove(stream);
    if (stream.channel.remove(stream)) {
      channels.remove(stream.channel.id, stream.channel);
      unconfirmed.left(stream.channel.id);
    }
  }

  /** A statement that there are no streams here is confirmed by a proven owner only, like all. */
  private Future<?> proveOwner(String channel) {
    return client.ask(
        channel,
        new ChannelRequest.Statement(
            address, Session.NONE, options.confirmIntervalMs(), 0, StreamTallies.NONE, List.of()));
  }

  /** Has channels confirm, whenever that is due, that they know the streams here. */
  private void confirmStreams() {
    for (ChannelStreams channel : List.copyOf(channels.values())) {
      channel.book.tick();
    }
    unconfirmed.look(channels);
  }

  /** Gives a stream that has begun its heartbeats, and its writes a deadline. */
  void begun(EdgeStream stream) {
    heartbeats.add(stream);
  }

  /**
   * Ends a stream because the channel wants that.
   *
   * @param answer takes the sequence up to which the kernel has everything
   * @return false if there is no such stream; then nothing is answered
   */
  boolean end(ChannelResponse.End end, LongConsumer answer) {
    EdgeStream stream = find(end.channel(), end.stream());
    if (stream == null) {
      return false;
    }
    stream.ended(end, answer);
    return true;
  }

  /** Returns whether a stream is here, open or about to be opened. */
  boolean wants(ChannelResponse.StillWanted question) {
    ChannelStreams channel = channels.get(question.channel());
    return channel != null && channel.hasOpened(question.origin());
  }

  /** Takes a message from a channel that expects no answer. */
  void told(ChannelResponse news) {
    if (news instanceof ChannelResponse.Delivery delivery) {
      ChannelStreams channel = channels.get(delivery.channel());
      if (channel == null) {
        // The last stream has just closed: acknowledge at once, or the channel would hold its
        // publishers for an edge without streams.
        client.tell(
            delivery.channel(),
            new ChannelRequest.Acknowledge(
                address, delivery.session(), delivery.through(), StreamDigest.NONE));
      } else {
        channel.deliver(delivery);
      }
    } else if (news instanceof ChannelResponse.Wake wake) {
      EdgeStream stream = find(wake.channel(), wake.stream());
      if (stream != null) {
        stream.wake();
      }
    } else if (news instanceof ChannelResponse.StatementWanted wanted) {
      ChannelStreams channel = channels.get(wanted.channel());
      if (channel != null) {
        channel.book.stateSoon();
      }
    } else {
      meters.stateErrors().reportUnknown("edge " + address, news);
    }
  }

  private @Nullable EdgeStream find(String channelId, long number) {
    ChannelStreams channel = channels.get(channelId);
    return channel == null ? null : channel.find(number);
  }
}
