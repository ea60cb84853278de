package io.eric.channel;

import io.eric.Entry;
import io.eric.Ids;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.Position;
import io.eric.UnavailableException;
import io.eric.bus.Counter;
import io.eric.bus.EdgeLink;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.End;
import io.eric.bus.FromChannel.Fetched;
import io.eric.bus.Loop;
import io.eric.bus.Meters;
import io.eric.bus.ToChannel.Attach;
import io.eric.bus.ToChannel.Fetch;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The channel's side of streams: opens them, answers their reads, decides when one becomes live,
 * and ends them. A listener has one attachment at most; changes of it wait for each other.
 */
final class Streams {

  /** What the loser of a takeover waits before it reconnects, so that two tabs do not fight. */
  static final int TAKEN_OVER_RETRY_MS = 60_000;

  /** An edge does not know how far a stream got that it has not opened yet. */
  private static final long UNKNOWN = -1;

  private final String channelId;
  private final ChannelOptions<?> options;
  private final int retryMs;
  private final MessageLog log;
  private final Listeners listeners;
  private final Edges edges;
  private final Fanout fanout;
  private final UnaryOperator<Entry> adapted;
  private final EdgeLink link;
  private final Runnable advanced;
  private final Meters meters;
  private final Loop loop;

  /** Streams that were asked for and are not registered with their edge yet. */
  private final Set<Opening> opening = new HashSet<>();

  Streams(
      String channelId,
      ChannelOptions<?> options,
      int retryMs,
      MessageLog log,
      Listeners listeners,
      Edges edges,
      Fanout fanout,
      UnaryOperator<Entry> adapted,
      EdgeLink link,
      Runnable advanced,
      Meters meters,
      Loop loop) {
    this.channelId = channelId;
    this.options = options;
    this.retryMs = retryMs;
    this.log = log;
    this.listeners = listeners;
    this.edges = edges;
    this.fanout = fanout;
    this.adapted = adapted;
    this.link = link;
    this.advanced = advanced;
    this.meters = meters;
    this.loop = loop;
  }

  // ---- attach

  /** Opens a stream for a listener or a watcher. */
  Future<Attached> attach(Attach request) {
    return open(
        request,
        listener ->
            releaseNow(listener, Message.TAKEN_OVER, TAKEN_OVER_RETRY_MS)
                .<Attach>map(released -> request));
  }

  /**
   * Opens a stream again that this or another owner had. It takes over from no other stream. It
   * goes on at its own position, for the edge knows best: the cursor may be ahead of a stream whose
   * edge has acknowledged for others while the stream was not among the live ones any more. Only
   * where somebody else has had the listener meanwhile does it not go back behind the cursor.
   */
  Future<Attached> reattach(Attach request) {
    return open(
        request,
        listener -> {
          StreamAttachment former = listener.stream();
          if (former != null && former.edge.address.equals(request.edge())) {
            detachFrom(listener, former, former.cursor()); // the same under its former number
          }
          if (listener.attachment() != null) {
            throw InvalidListenerException.exists(listener.id);
          }
          return Future.succeededFuture(
              listener.wasHeldByOthersThan(request.edge())
                  ? notBehindCursor(request, listener)
                  : request);
        });
  }

  /**
   * Opens a stream when the changes of its listener's attachment before it are done.
   *
   * @param freed makes that nobody has the listener, and says what is to be opened then
   */
  private Future<Attached> open(Attach request, Function<Listener, Future<Attach>> freed) {
    Listener listener =
        request.listener() == null ? newWatcher() : listeners.get(request.listener());
    if (listener.isStopped() && request.after() != null) {
      Fetched nothing = new Fetched(List.of(), log.lastSequence(), false, false);
      return Future.succeededFuture(
          new Attached(listener.id, log.epoch(), true, 0, retryMs, nothing));
    }
    Opening stream = new Opening(request.edge(), request.stream());
    opening.add(stream);
    return listener
        .exclusively(
            () ->
                opening.contains(stream)
                    ? freed.apply(listener).compose(opened -> register(opened, stream, listener))
                    : Future.<Registered>failedFuture(givenUp()))
        .compose(registered -> first(request, listener, registered))
        .onFailure(
            e -> {
              opening.remove(stream);
              if (listener.watcher && listener.attachment() == null) {
                listeners.remove(listener);
              }
            });
  }

  private Attach notBehindCursor(Attach request, Listener listener) {
    Position position = Position.parse(request.after());
    long cursor = listener.cursor(log.lastSequence());
    boolean isBehind =
        position != null && position.epoch().equals(log.epoch()) && position.sequence() < cursor;
    return isBehind ? request.from(new Position(log.epoch(), cursor).toString()) : request;
  }

  private Listener newWatcher() {
    listeners.checkRoom(options.getMaxListeners(), meters);
    Listener watcher =
        new Listener(Ids.random(), 0, log.lastSequence(), true, loop.currentTimeMillis());
    listeners.add(watcher);
    return watcher;
  }

  /** Makes the stream the listener's attachment, at the position where it goes on. */
  private Future<Registered> register(Attach request, Opening key, Listener listener) {
    if (!opening.remove(key)) {
      return Future.failedFuture(givenUp());
    }
    if (listeners.find(listener.id) != listener) { // removed while its former stream was ending
      return Future.failedFuture(InvalidListenerException.unknown(listener.id));
    }
    fanout.flush(); // what is pending is older than the stream, whose edge may be new
    EdgeSession edge = edges.open(request.edge(), log.lastSequence(), loop.currentTimeMillis());
    edge.streams.put(request.stream(), listener);
    StreamAttachment stream =
        new StreamAttachment(
            edge,
            request.stream(),
            request.live(),
            request.raw(),
            listener.cursor(log.lastSequence()));
    listeners.attach(listener, stream, loop.currentTimeMillis());
    return Resume.from(log, listener, request.after())
        .map(
            point -> {
              int read = stream.read(point.cursor());
              listeners.movedBack();
              return new Registered(stream, read, point.gap());
            })
        .onFailure(e -> detachFrom(listener, stream, stream.cursor()));
  }

  private Future<Attached> first(Attach request, Listener listener, Registered registered) {
    StreamAttachment stream = registered.stream;
    Entry gap = registered.gap;
    Future<Fetched> first;
    if (gap != null) {
      // The gap goes out alone: whatever the bounds, it is never left out.
      GapCount.of(gap, meters);
      first =
          Future.succeededFuture(
              new Fetched(List.of(adapted.apply(gap)), stream.cursor(), false, false));
    } else if (listener.isObserved()) {
      // Attaching does not wait for a listener's own code; the stream's next read does.
      first = Future.succeededFuture(new Fetched(List.of(), stream.cursor(), false, false));
    } else {
      first = read(listener, stream, registered.read, request.maxMessages(), request.maxBytes());
    }
    return first
        .map(batch -> new Attached(listener.id, log.epoch(), false, delayMs(), retryMs, batch))
        .onFailure(e -> detachFrom(listener, stream, stream.cursor()));
  }

  private static UnavailableException givenUp() {
    return new UnavailableException("the stream was given up before it was open");
  }

  private long delayMs() {
    return Math.round(options.getStreamDelay() * 1000);
  }

  // ---- reads

  /** Answers a stream's read; all before it was handed to the kernel. */
  Future<Fetched> fetch(Fetch request) {
    EdgeSession edge = edges.find(request.edge());
    Listener listener = edge == null ? null : edge.streams.get(request.stream());
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener == null || stream == null) {
      throw InvalidListenerException.unknown("of a stream that has ended");
    }
    listener.advanced(loop.currentTimeMillis());
    listeners.clearWaiting(listener);
    int read = stream.read(Math.min(request.after(), log.lastSequence()));
    advanced.run();
    if (listener.state() != Listener.State.ATTACHED) {
      return Future.succeededFuture(new Fetched(List.of(), stream.cursor(), false, true));
    }
    Future<Fetched> answer =
        read(listener, stream, read, request.maxMessages(), request.maxBytes());
    listener.reads(answer); // who waits for it comes after the door, which sends it
    return answer;
  }

  private Future<Fetched> read(
      Listener listener, StreamAttachment stream, int read, int maxMessages, int maxBytes) {
    boolean oneByOne = delayMs() > 0 || listener.isObserved();
    return log.read(stream.cursor(), listener.reader(), oneByOne ? 1 : maxMessages, maxBytes)
        .compose(slice -> observed(listener, slice))
        .map(slice -> answer(listener, stream, read, slice));
  }

  /** Runs the listener's own {@code onMessage} before the stream gets the message. */
  private Future<Slice> observed(Listener listener, Slice slice) {
    if (!listener.isObserved() || slice.entries().isEmpty()) {
      return Future.succeededFuture(slice);
    }
    Entry entry = slice.entries().get(0);
    return listener
        .observe(entry)
        .map(slice)
        .recover(
            e -> {
              if (e instanceof ReplyException reply
                  && reply.failureType() == ReplyFailure.NO_HANDLERS) {
                // The verticle that it lived in is gone: nobody has failed to process the message.
                return Future.failedFuture(
                    new UnavailableException("the listener's own onMessage is not there"));
              }
              String id = new Position(log.epoch(), entry.sequence()).toString();
              Entry report = ErrorReport.inPlaceOf(entry, id, e);
              return Future.succeededFuture(
                  new Slice(List.of(report), slice.through(), slice.atEnd()));
            });
  }

  private Fetched answer(Listener listener, StreamAttachment stream, int read, Slice slice) {
    List<Entry> entries = slice.entries();
    meters.count(Counter.DELIVERED_CATCHING_UP, entries.size());
    GapCount.of(entries, meters);
    if (!stream.raw && !entries.isEmpty()) {
      List<Entry> shown = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        shown.add(adapted.apply(entry));
      }
      entries = shown;
    }
    boolean live = false;
    boolean waiting = false;
    long through = slice.through();
    if (listener.attachment() == stream && stream.isLatest(read)) {
      boolean mayBePushed = stream.wantsLive && !listener.isObserved() && delayMs() == 0;
      fanout.flush();
      if (!log.hasAfter(through, listener.reader())) {
        through = log.lastSequence(); // what has come since the read is for others
        if (mayBePushed) {
          live = true;
          stream.goLive(through, entries.isEmpty());
        } else if (entries.isEmpty()) {
          waiting = true;
          stream.await(through);
          listeners.setWaiting(listener);
        }
      }
    }
    return new Fetched(entries, through, live, waiting);
  }

  // ---- what edges say

  /** A stream lags. */
  void demote(String edgeAddress, long streamNumber, long written) {
    Listener listener = listenerOf(edgeAddress, streamNumber);
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener != null && stream != null) {
      stream.read(Math.min(written, log.lastSequence()));
      listener.advanced(loop.currentTimeMillis());
      listeners.movedBack();
    }
  }

  /** A stream is live at its edge, and what it had read before is handed to the kernel. */
  void written(String edgeAddress, long streamNumber, long through) {
    Listener listener = listenerOf(edgeAddress, streamNumber);
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (stream != null) {
      stream.written(through);
      advanced.run();
    }
  }

  /** A stream is lost, or given up before it was open. */
  void detach(String edgeAddress, long streamNumber, long written) {
    if (opening.remove(new Opening(edgeAddress, streamNumber))) {
      return;
    }
    Listener listener = listenerOf(edgeAddress, streamNumber);
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener != null && stream != null) {
      detachFrom(listener, stream, written == UNKNOWN ? stream.cursor() : written);
    }
  }

  /** An edge is gone with all its streams. */
  void lost(EdgeSession edge) {
    for (long number : List.copyOf(edge.streams.keySet())) {
      detach(edge.address, number, UNKNOWN);
    }
  }

  /** An edge that takes nothing any more loses its streams; their clients come back elsewhere. */
  void giveUp(EdgeSession edge) {
    meters.count(Counter.EDGES_GIVEN_UP);
    for (long number : List.copyOf(edge.streams.keySet())) {
      link.end(edge.address, new End(channelId, number, null, 0));
      detach(edge.address, number, UNKNOWN);
    }
  }

  /** All live streams of an edge have everything up to here. */
  void acknowledge(String edgeAddress, long through) {
    EdgeSession edge = edges.find(edgeAddress);
    if (edge != null) {
      edge.acknowledge(through, loop.currentTimeMillis());
      advanced.run();
    }
  }

  private @Nullable Listener listenerOf(String edgeAddress, long streamNumber) {
    EdgeSession edge = edges.find(edgeAddress);
    return edge == null ? null : edge.streams.get(streamNumber);
  }

  /** The one place where a stream leaves the books. */
  private void detachFrom(Listener listener, StreamAttachment stream, long written) {
    long cursor = Math.min(written, log.lastSequence());
    stream.end();
    stream.edge.streams.remove(stream.stream, listener);
    if (listener.attachment() == stream) {
      listeners.detach(listener, cursor, loop.currentTimeMillis());
    }
    edges.closeIfUnused(stream.edge);
    advanced.run();
  }

  // ---- taking attachments away

  /**
   * Takes a listener's attachment away: its stream ends with the given event.
   *
   * @param finalType the last event, or null for none
   * @return completed when the former holder has said how far it got
   */
  Future<Void> release(Listener listener, @Nullable String finalType) {
    return listener.exclusively(() -> releaseNow(listener, finalType, 0));
  }

  /** Ends a stream because its listener is stopped: what it has observed still reaches it. */
  Future<Void> releaseWhenAnswered(Listener listener) {
    return listener.answered().compose(answered -> releaseNow(listener, null, 0));
  }

  /** Takes the present attachment away because it lags, once. */
  void disconnect(Listener listener) {
    if (listener.state() != Listener.State.ATTACHED) {
      return;
    }
    Attachment lagging = listener.attachment();
    listener.end();
    meters.count(Counter.LAGGARDS_DISCONNECTED);
    listener.exclusively(
        () ->
            listener.attachment() == lagging
                ? releaseNow(listener, null, 0)
                : Future.<Void>succeededFuture());
  }

  /** As {@link #release}, for who is alone with the listener's attachment already. */
  Future<Void> releaseNow(Listener listener, @Nullable String finalType, int retryMs) {
    if (listener.attachment() != null && Message.TAKEN_OVER.equals(finalType)) {
      meters.count(Counter.TAKEOVERS);
    }
    listener.end();
    DirectAttachment direct = listener.direct();
    if (direct != null) {
      return direct
          .end(finalType)
          .map(
              ended -> {
                listeners.detach(listener, direct.cursor(), loop.currentTimeMillis());
                return null;
              });
    }
    StreamAttachment stream = listener.stream();
    if (stream == null) {
      return Future.succeededFuture();
    }
    fanout.flush();
    stream.end();
    return link.end(stream.edge.address, new End(channelId, stream.stream, finalType, retryMs))
        .otherwise(UNKNOWN)
        .map(
            written -> {
              detachFrom(listener, stream, written == UNKNOWN ? stream.cursor() : written);
              return null;
            });
  }

  /** A stream as its edge knows it. */
  private record Opening(String edge, long stream) {}

  /**
   * A stream that is its listener's attachment.
   *
   * @param read the number of its first read
   * @param gap what it has to see first
   */
  private record Registered(StreamAttachment stream, int read, @Nullable Entry gap) {}
}
