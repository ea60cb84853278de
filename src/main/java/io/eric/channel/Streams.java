package io.eric.channel;

import io.eric.Entry;
import io.eric.Ids;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.Position;
import io.eric.UnavailableException;
import io.eric.bus.FromChannel;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.End;
import io.eric.bus.FromChannel.Fetched;
import io.eric.bus.ToChannel.Attach;
import io.eric.bus.ToChannel.Fetch;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The channel's side of streams: opens them, answers their reads, decides when one becomes live,
 * and ends them. A listener has one attachment at most; changes of it wait for each other.
 */
final class Streams {

  /** What the loser of a takeover waits before it reconnects, so that two tabs do not fight. */
  static final int TAKEN_OVER_RETRY_MS = 60_000;

  private final ChannelOptions<?> options;
  private final int retryMs;
  private final MessageLog log;
  private final Listeners listeners;
  private final Edges edges;
  private final Fanout fanout;
  private final UnaryOperator<Entry> adapted;
  private final BiFunction<EdgeSession, End, Future<Long>> sendEnd;
  private final Runnable advanced;
  private final LongSupplier clock;

  Streams(
      ChannelOptions<?> options,
      int retryMs,
      MessageLog log,
      Listeners listeners,
      Edges edges,
      Fanout fanout,
      UnaryOperator<Entry> adapted,
      BiFunction<EdgeSession, End, Future<Long>> sendEnd,
      Runnable advanced,
      LongSupplier clock) {
    this.options = options;
    this.retryMs = retryMs;
    this.log = log;
    this.listeners = listeners;
    this.edges = edges;
    this.fanout = fanout;
    this.adapted = adapted;
    this.sendEnd = sendEnd;
    this.advanced = advanced;
    this.clock = clock;
  }

  /** Opens a stream for a listener or a watcher. */
  Future<Attached> attach(Attach request, String channelId) {
    if (request.listener() == null) {
      return attachNow(request, newWatcher());
    }
    Listener listener = listeners.get(request.listener());
    if (listener.stoppedOnPurpose && request.after() != null) {
      Fetched nothing = new Fetched(List.of(), log.lastSequence(), false, false);
      return Future.succeededFuture(
          new Attached(listener.id, log.epoch(), true, 0, retryMs, nothing));
    }
    return release(listener, channelId, Message.TAKEN_OVER, TAKEN_OVER_RETRY_MS)
        .compose(
            released -> {
              // It may have been removed while its former stream was ending.
              return attachNow(request, listeners.get(listener.id));
            });
  }

  private Listener newWatcher() {
    if (listeners.size() >= options.getMaxListeners()) {
      throw new UnavailableException(
          "the channel has " + options.getMaxListeners() + " listeners, it takes no more");
    }
    long last = log.lastSequence();
    Listener watcher = new Listener(Ids.random(), 0, last, true, clock.getAsLong());
    listeners.add(watcher);
    return watcher;
  }

  private Future<Attached> attachNow(Attach request, Listener listener) {
    fanout.flush(); // what is pending is older than the stream, whose edge may be new
    long now = clock.getAsLong();
    listener.started = true;
    listener.stoppedOnPurpose = false;
    EdgeSession edge = edges.open(request.edge(), log.lastSequence(), now);
    edge.streams.put(request.stream(), listener);
    long cursor = listener.cursor(log.lastSequence());
    StreamAttachment stream =
        new StreamAttachment(edge, request.stream(), request.live(), request.raw(), cursor);
    listener.attachment = stream;
    String after = request.after();
    Future<Resume.Point> from =
        after == null
            ? Future.succeededFuture(new Resume.Point(cursor, null))
            : new Resume(log, listener, after).apply();
    return from.compose(
            point -> {
              stream.goCatchingUp(point.cursor());
              listeners.movedBack();
              return first(request, listener, stream, point.gap());
            })
        .map(first -> new Attached(listener.id, log.epoch(), false, delayMs(), retryMs, first))
        .onFailure(e -> detachFrom(listener, stream, stream.cursor()));
  }

  private Future<Fetched> first(
      Attach request, Listener listener, StreamAttachment stream, @Nullable Entry gap) {
    if (gap == null) {
      return read(listener, stream, request.maxMessages(), request.maxBytes());
    }
    // The gap goes out alone: whatever the bounds, it is never left out.
    return Future.succeededFuture(
        new Fetched(List.of(adapted.apply(gap)), stream.cursor(), false, false));
  }

  private long delayMs() {
    return Math.round(options.getStreamDelay() * 1000);
  }

  /** Answers a stream's read; all before it was handed to the kernel. */
  Future<Fetched> fetch(Fetch request) {
    EdgeSession edge = edges.find(request.edge());
    Listener listener = edge == null ? null : edge.streams.get(request.stream());
    if (listener == null || !(listener.attachment instanceof StreamAttachment stream)) {
      throw InvalidListenerException.unknown("of a stream that has ended");
    }
    listener.lastAdvance = clock.getAsLong();
    listeners.clearWaiting(listener);
    stream.goCatchingUp(request.after());
    advanced.run();
    return read(listener, stream, request.maxMessages(), request.maxBytes());
  }

  private Future<Fetched> read(
      Listener listener, StreamAttachment stream, int maxMessages, int maxBytes) {
    long after = stream.cursor();
    int messages = delayMs() > 0 ? 1 : maxMessages;
    return log.read(after, listener.reader(), messages, maxBytes)
        .compose(slice -> observed(listener, slice))
        .map(slice -> answer(listener, stream, slice));
  }

  /** Runs the listener's own {@code onMessage} on each entry before the stream gets it. */
  private Future<Slice> observed(Listener listener, Slice slice) {
    MessageHook hook = listener.hook;
    if (hook == null || slice.entries().isEmpty()) {
      return Future.succeededFuture(slice);
    }
    List<Entry> seen = new ArrayList<>(slice.entries().size());
    Future<Void> each = Future.succeededFuture();
    for (Entry entry : slice.entries()) {
      each =
          each.compose(
              before ->
                  hook.onMessage(entry)
                      .onSuccess(done -> seen.add(entry))
                      .recover(
                          e -> {
                            String id = new Position(log.epoch(), entry.sequence()).toString();
                            seen.add(ErrorReport.inPlaceOf(entry, id, e));
                            return Future.succeededFuture();
                          }));
    }
    return each.map(done -> new Slice(seen, slice.through(), slice.atEnd()));
  }

  private Fetched answer(Listener listener, StreamAttachment stream, Slice slice) {
    List<Entry> entries = slice.entries();
    if (!stream.raw && !entries.isEmpty()) {
      List<Entry> shown = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        shown.add(adapted.apply(entry));
      }
      entries = shown;
    }
    boolean live = false;
    boolean waiting = false;
    if (listener.attachment == stream && stream.edge.streams.get(stream.stream) == listener) {
      boolean mayBePushed = stream.wantsLive && listener.hook == null && delayMs() == 0;
      fanout.flush();
      if (slice.atEnd() && !log.hasAfter(slice.through(), listener.reader())) {
        if (mayBePushed) {
          live = true;
          stream.goLive(slice.through());
        } else if (entries.isEmpty()) {
          waiting = true;
          stream.goWaiting(slice.through());
          listeners.setWaiting(listener);
        }
      }
    }
    return new Fetched(entries, slice.through(), live, waiting);
  }

  /** An edge says that a stream lags. */
  void demote(String edgeAddress, long streamNumber, long written) {
    EdgeSession edge = edges.find(edgeAddress);
    Listener listener = edge == null ? null : edge.streams.get(streamNumber);
    if (listener != null && listener.attachment instanceof StreamAttachment stream) {
      stream.goCatchingUp(written);
      listener.lastAdvance = clock.getAsLong();
      listeners.movedBack();
    }
  }

  /** An edge says that a stream is lost. */
  void detach(String edgeAddress, long streamNumber, long written) {
    EdgeSession edge = edges.find(edgeAddress);
    Listener listener = edge == null ? null : edge.streams.get(streamNumber);
    if (listener != null
        && listener.attachment instanceof StreamAttachment stream
        && stream.edge == edge
        && stream.stream == streamNumber) {
      detachFrom(listener, stream, written);
    }
  }

  /** All streams of an edge are lost with it. */
  void edgeGone(String edgeAddress) {
    EdgeSession edge = edges.find(edgeAddress);
    if (edge != null) {
      List.copyOf(edge.streams.keySet())
          .forEach(
              number -> {
                Listener listener = edge.streams.get(number);
                if (listener != null && listener.attachment != null) {
                  detach(edgeAddress, number, listener.attachment.cursor());
                }
              });
      edges.closeIfUnused(edge);
    }
  }

  private void detachFrom(Listener listener, StreamAttachment stream, long written) {
    long now = clock.getAsLong();
    long cursor = Math.min(written, log.lastSequence());
    stream.goCatchingUp(cursor);
    stream.edge.streams.remove(stream.stream, listener);
    listeners.clearWaiting(listener);
    if (listener.attachment == stream) {
      listener.attachment = null;
      listener.moveTo(cursor, now);
      listeners.movedBack();
      if (listener.watcher) {
        listeners.remove(listener);
      }
    }
    edges.closeIfUnused(stream.edge);
    advanced.run();
  }

  /**
   * Takes a listener's attachment away: its stream ends with the given event.
   *
   * @param finalType the last event, or null for none
   * @return completed when the former holder has said how far it got; concurrent calls follow each
   *     other
   */
  Future<Void> release(
      Listener listener, String channelId, @Nullable String finalType, int retryMs) {
    Future<Void> released =
        listener
            .transition
            .otherwiseEmpty()
            .compose(before -> releaseNow(listener, channelId, finalType, retryMs));
    listener.transition = released;
    return released;
  }

  private Future<Void> releaseNow(
      Listener listener, String channelId, @Nullable String finalType, int retryMs) {
    if (listener.attachment instanceof BusConsumer consumer) {
      consumer.close();
      listener.attachment = null;
      listener.moveTo(consumer.cursor(), clock.getAsLong());
      listeners.clearWaiting(listener);
      return Future.succeededFuture();
    }
    if (!(listener.attachment instanceof StreamAttachment stream)) {
      return Future.succeededFuture();
    }
    fanout.flush();
    long known = Math.min(stream.cursor(), log.lastSequence());
    return sendEnd
        .apply(stream.edge, new End(channelId, stream.stream, finalType, retryMs))
        .otherwise(known)
        .map(
            written -> {
              detachFrom(listener, stream, written);
              return null;
            });
  }

  /** The stream that {@link FromChannel.Delivery deliveries} of an edge stand for has got them. */
  void acknowledge(String edgeAddress, long through) {
    EdgeSession edge = edges.find(edgeAddress);
    if (edge != null) {
      edge.acknowledge(through, clock.getAsLong());
      advanced.run();
    }
  }
}
