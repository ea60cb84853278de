package io.eric.channel.internal.readers;

import io.eric.Ids;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.Position;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelRequest.Written;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.End;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.ChannelResponse.Listed;
import io.eric.internal.protocol.ChannelResponse.StatementWanted;
import io.eric.internal.protocol.ChannelResponse.StillWanted;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The channel's side of streams: opens them, answers their reads, decides when a stream becomes
 * live, and ends them. A listener has one attachment at most, and changes of the attachment wait
 * for each other. This class is used on the channel's context.
 */
public final class Streams {

  /** Stands for an unknown position: the edge had not opened the stream yet. */
  private static final long UNKNOWN = -1;

  private final String channelId;
  private final ChannelOptions<?> options;
  private final int retryMs;
  private final MessageLog log;
  private final Listeners listeners;
  private final EdgeSessions edges;
  private final Fanout fanout;
  private final UnaryOperator<Entry> adapted;
  private final EdgeLink link;
  private final Runnable advanced;
  private final Meters meters;
  private final Loop loop;

  /**
   * The streams that were asked for and are not registered with their edge yet, and their answers.
   */
  private final Map<StreamKey, Future<Attached>> opening = new HashMap<>();

  public Streams(
      String channelId,
      ChannelOptions<?> options,
      int retryMs,
      MessageLog log,
      Listeners listeners,
      EdgeSessions edges,
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

  /**
   * Opens a stream for a listener or a watcher. It takes the listener over from its present stream,
   * if the asking edge still wants the new stream by then: the request may have been held up on its
   * way, so that its client has gone since and has its next stream elsewhere.
   */
  public Future<Attached> attach(Attach request) {
    Opening asked = new Opening(request, request.stream(), Long.MAX_VALUE);
    return open(
        asked,
        listener -> {
          refuseOvertaken(asked, listener);
          return takeOver(asked, listener);
        });
  }

  /**
   * Reopens a stream that this or another owner had. It does not take over from a stream that may
   * have been opened later: of two streams at one edge the one with the lower origin is the older
   * one, and a stream at another edge may be younger. The reopened stream goes on at the position
   * that its edge names, because the edge knows best, and a client that came back would ask for the
   * same. A reader in a program has no such client, so it does not repeat messages that another
   * reader has had meanwhile.
   *
   * <p>The stream is not refused because of another one that its own edge no longer wants, since a
   * refusal tells the client to stay away.
   */
  public Future<Attached> reattach(Reattach again) {
    Opening asked = new Opening(again.stream(), again.origin(), again.handedOn());
    return open(
        asked,
        listener -> {
          StreamAttachment present = listener.stream();
          if (present != null && present.edge.address.equals(asked.request.edge())) {
            if (present.origin < asked.origin) {
              return takeOver(asked, listener);
            } else if (present.origin == asked.origin) {
              refuseOvertaken(asked, listener);
              // it is the same stream, under a former number
              detachFrom(listener, present, present.cursor());
            }
          }
          return refuseTaken(listener)
              .map(
                  free ->
                      !asked.request.live() && listener.wasHeldByOthersThan(asked.request.edge())
                          ? notBehindCursor(asked, listener)
                          : asked);
        });
  }

  /**
   * Ends the listener's present attachment, if the new stream is still wanted. A reader in a
   * program that does not answer counts as wanting its stream: its thread may be busy for long, and
   * no client would open the stream again.
   */
  private Future<Opening> takeOver(Opening asked, Listener listener) {
    if (listener.attachment() == null) {
      return Future.succeededFuture(asked);
    }
    StreamKey key = asked.key();
    return link.wants(key.edge, new StillWanted(channelId, asked.origin))
        .recover(
            unanswered ->
                listener.attachment() == null || !asked.request.live()
                    ? Future.succeededFuture(true)
                    : Future.failedFuture(unanswered))
        .compose(
            wanted ->
                wanted && opening.containsKey(key)
                    ? releaseNow(listener, Message.TAKEN_OVER, End.TAKEN_OVER_RETRY_MS)
                    : Future.failedFuture(givenUp()))
        .map(released -> asked);
  }

  /**
   * Fails if the listener has an attachment. A stream that its edge no longer wants is detached
   * instead.
   */
  private Future<Void> refuseTaken(Listener listener) {
    if (listener.attachment() == null) {
      return Future.succeededFuture();
    }
    StreamAttachment present = listener.stream();
    if (present == null) {
      return Future.failedFuture(InvalidListenerException.exists(listener.id));
    }
    return link.wants(present.edge.address, new StillWanted(channelId, present.origin))
        .compose(
            wanted -> {
              if (wanted && listener.attachment() != null) {
                return Future.failedFuture(InvalidListenerException.exists(listener.id));
              }
              if (listener.attachment() == present) {
                detachFrom(listener, present, present.cursor());
              }
              return Future.succeededFuture();
            });
  }

  /**
   * Refuses a request that comes so late that its edge has opened another stream for the listener
   * since, or this one anew.
   */
  private static void refuseOvertaken(Opening asked, Listener listener) {
    StreamAttachment present = listener.stream();
    if (present != null
        && present.edge.address.equals(asked.request.edge())
        && (present.origin > asked.origin
            || present.origin == asked.origin && present.stream > asked.request.stream())) {
      throw givenUp();
    }
  }

  /**
   * Opens a stream once the earlier changes of its listener's attachment are done.
   *
   * @param freed frees the listener, and answers what is to be opened then
   */
  private Future<Attached> open(Opening asked, Function<Listener, Future<Opening>> freed) {
    Attach request = asked.request;
    StreamKey stream = asked.key();
    Future<Attached> underWay = opening.get(stream);
    if (underWay != null) {
      return underWay; // the request was repeated on its way
    }
    Listener present = listenerOf(request.edge(), request.stream());
    if (present != null && present.stream() != null) {
      return repeat(request, present, present.stream());
    }
    Listener listener =
        request.listener() == null ? newWatcher() : listeners.get(request.listener());
    if (listener.isStopped() && request.after() != null) {
      Fetched nothing = new Fetched(List.of(), log.lastSequence(), false, false);
      return Future.succeededFuture(
          new Attached(listener.id, log.epoch(), Session.NONE, true, 0, retryMs, nothing));
    }
    Promise<Attached> opened = Promise.promise();
    opening.put(stream, opened.future());
    listener
        .exclusively(
            () ->
                opening.containsKey(stream)
                    ? freed.apply(listener).compose(ready -> register(ready, stream, listener))
                    : Future.<Opened>failedFuture(givenUp()))
        .compose(registered -> first(request, listener, registered))
        .onFailure(
            e -> {
              opening.remove(stream, opened.future());
              if (listener.watcher && listener.attachment() == null) {
                listeners.remove(listener);
              }
            })
        .onComplete(opened);
    return opened.future();
  }

  /**
   * Answers a request that was repeated on its way. The stream stays as it is: it does not take
   * over from itself, and if it is live, its edge knows that from the first answer.
   */
  private Future<Attached> repeat(Attach request, Listener listener, StreamAttachment stream) {
    if (!stream.isOfLatest(0) || stream.state() == StreamState.LIVE) {
      return Future.failedFuture(givenUp()); // its edge has had the first answer
    }
    return Resume.from(log, listener, request.after())
        .compose(
            point -> {
              Entry gap = point.gap();
              if (gap != null) {
                return Future.succeededFuture(
                    new Fetched(List.of(adapted.apply(gap)), point.cursor(), false, false));
              }
              return listener.isObserved()
                  ? Future.succeededFuture(new Fetched(List.of(), stream.start(), false, false))
                  : log.read(
                          stream.start(),
                          listener.reader(),
                          request.maxMessages(),
                          request.maxBytes())
                      .map(
                          slice ->
                              new Fetched(shown(stream, slice), slice.through(), false, false));
            })
        .map(batch -> attached(listener, stream, batch));
  }

  private Attached attached(Listener listener, StreamAttachment stream, Fetched batch) {
    return new Attached(
        listener.id, log.epoch(), stream.edge.session(), false, delayMs(), retryMs, batch);
  }

  private Opening notBehindCursor(Opening asked, Listener listener) {
    Position position = Position.parse(asked.request.after());
    long cursor = listener.cursor(log.lastSequence());
    boolean isBehind =
        position != null && position.epoch().equals(log.epoch()) && position.sequence() < cursor;
    return isBehind ? asked.from(new Position(log.epoch(), cursor)) : asked;
  }

  private Listener newWatcher() {
    listeners.checkRoom(options.getMaxListeners(), meters);
    Listener watcher =
        new Listener(Ids.random(), 0, log.lastSequence(), true, loop.currentTimeMillis());
    listeners.add(watcher);
    return watcher;
  }

  /** Makes the stream the listener's attachment, at the position where it goes on. */
  private Future<Opened> register(Opening asked, StreamKey key, Listener listener) {
    Attach request = asked.request;
    if (opening.remove(key) == null) {
      return Future.failedFuture(givenUp());
    }
    if (listeners.find(listener.id) != listener) { // removed while its former stream was ending
      return Future.failedFuture(InvalidListenerException.unknown(listener.id));
    }
    fanout.flush(); // pending entries are older than the stream, and its edge may be new
    EdgeSession edge = edges.open(request.edge(), log.lastSequence(), loop.currentTimeMillis());
    edge.heard(loop.currentTimeMillis(), request.intervalMs());
    edge.streams.put(request.stream(), listener);
    StreamAttachment stream =
        new StreamAttachment(
            edge,
            request.stream(),
            asked.origin,
            request.live(),
            request.raw(),
            listener.cursor(log.lastSequence()),
            meters.stateErrors());
    listeners.attach(listener, stream, loop.currentTimeMillis());
    return Resume.from(log, listener, request.after())
        .map(
            point -> {
              long from = point.cursor();
              stream.startsFrom(from);
              int read = stream.read(point.gap() == null ? Math.min(from, asked.handedOn) : from);
              listeners.movedBack();
              return new Opened(stream, read, from, point.gap());
            })
        .onFailure(e -> detachFrom(listener, stream, stream.cursor()));
  }

  private Future<Attached> first(Attach request, Listener listener, Opened registered) {
    StreamAttachment stream = registered.stream;
    Entry gap = registered.gap;
    Future<Fetched> first;
    if (gap != null) {
      // The gap goes out alone, so that no bound leaves it out.
      GapCount.of(gap, meters);
      first =
          Future.succeededFuture(
              new Fetched(List.of(adapted.apply(gap)), registered.from, false, false));
    } else if (listener.isObserved()) {
      // Attaching does not wait for a listener's own code; the stream's next read does.
      first = Future.succeededFuture(new Fetched(List.of(), registered.from, false, false));
    } else {
      first =
          read(
              listener,
              stream,
              registered.read,
              registered.from,
              request.maxMessages(),
              request.maxBytes());
    }
    return first
        .map(batch -> attached(listener, stream, batch))
        .onFailure(e -> detachFrom(listener, stream, stream.cursor()));
  }

  private static UnavailableException givenUp() {
    return new UnavailableException("the stream was given up before it was open");
  }

  private long delayMs() {
    return Math.round(options.getStreamDelay() * 1000);
  }

  // ---- reads

  /** Answers a stream's read. Everything before it was handed to the kernel. */
  public Future<Fetched> fetch(Fetch request) {
    EdgeSession edge = edges.find(request.edge());
    Listener listener = edge == null ? null : edge.streams.get(request.stream());
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener == null || stream == null) {
      throw InvalidListenerException.unknown("of a stream that has ended");
    }
    if (!stream.isNews(request.read())) {
      throw new UnavailableException("the stream has read on since");
    }
    listener.advanced(loop.currentTimeMillis());
    listeners.clearWaiting(listener);
    int read = stream.read(Math.min(request.after(), log.lastSequence()));
    advanced.run();
    if (listener.state() != Listener.State.ATTACHED) {
      return Future.succeededFuture(new Fetched(List.of(), stream.cursor(), false, true));
    }
    Future<Fetched> answer =
        read(listener, stream, read, stream.cursor(), request.maxMessages(), request.maxBytes());
    stream.reads(answer);
    listener.reads(answer); // a stop that waits for this answer goes on after it was sent
    return answer;
  }

  private Future<Fetched> read(
      Listener listener,
      StreamAttachment stream,
      int read,
      long from,
      int maxMessages,
      int maxBytes) {
    boolean oneByOne = delayMs() > 0 || listener.isObserved();
    return log.read(from, listener.reader(), oneByOne ? 1 : maxMessages, maxBytes)
        .compose(slice -> observed(listener, slice))
        .map(slice -> answer(listener, stream, read, from, slice));
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
              if (BusReply.hadNoHandler(e)) {
                // The verticle of onMessage is gone, which is not a failure to process the message.
                return Future.failedFuture(
                    new UnavailableException("the listener's own onMessage is not there"));
              }
              String id = new Position(log.epoch(), entry.sequence()).toString();
              Entry report = ErrorReport.inPlaceOf(entry, id, e);
              return Future.succeededFuture(
                  new Slice(List.of(report), slice.through(), slice.atEnd()));
            });
  }

  private Fetched answer(
      Listener listener, StreamAttachment stream, int read, long from, Slice slice) {
    List<Entry> entries = slice.entries();
    meters.count(CounterName.DELIVERED_CATCHING_UP, entries.size());
    GapCount.of(entries, meters);
    entries = shown(stream, slice);
    boolean live = false;
    boolean waiting = false;
    long through = slice.through();
    if (listener.attachment() == stream && stream.isLatest(read)) {
      boolean mayBePushed = stream.wantsLive && !listener.isObserved() && delayMs() == 0;
      fanout.flush();
      if (!log.hasAfter(through, listener.reader())) {
        through = log.lastSequence(); // messages that came since the read are for others
        if (mayBePushed) {
          live = true;
          stream.goLive(through, entries.isEmpty() && stream.cursor() == from);
        } else if (entries.isEmpty()) {
          waiting = true;
          stream.await(stream.cursor() == from ? through : stream.cursor());
          listeners.setWaiting(listener);
        }
      }
    }
    return new Fetched(entries, through, live, waiting);
  }

  private List<Entry> shown(StreamAttachment stream, Slice slice) {
    if (stream.raw || slice.entries().isEmpty()) {
      return slice.entries();
    }
    List<Entry> shown = new ArrayList<>(slice.entries().size());
    for (Entry entry : slice.entries()) {
      shown.add(adapted.apply(entry));
    }
    return shown;
  }

  // ---- what edges say

  /** Takes a stream that lags out of the live ones. */
  public void demote(String edgeAddress, long streamNumber, int read, long written) {
    Listener listener = listenerOf(edgeAddress, streamNumber);
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener != null && stream != null && stream.isNews(read)) {
      stream.read(Math.min(written, log.lastSequence()));
      listener.advanced(loop.currentTimeMillis());
      listeners.movedBack();
    }
  }

  /**
   * Notes that a stream is live at its edge, and that what it had read before was handed to the
   * kernel. A message of a former session comes too late: the streams which the edge had then
   * attach anew, and its acknowledgements since do not count them in.
   */
  public void written(Written news) {
    Listener listener = listenerOf(news.edge(), news.stream());
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (stream != null
        && stream.edge.session().equals(news.session())
        && stream.isOfLatest(news.read())) {
      stream.written(news.through());
      advanced.run();
    }
  }

  /** Detaches a stream that is lost, or gives up one that is not open yet. */
  public void detach(String edgeAddress, long streamNumber, long written) {
    if (opening.remove(new StreamKey(edgeAddress, streamNumber)) != null) {
      return;
    }
    Listener listener = listenerOf(edgeAddress, streamNumber);
    StreamAttachment stream = listener == null ? null : listener.stream();
    if (listener != null && stream != null) {
      detachFrom(listener, stream, written == UNKNOWN ? stream.cursor() : written);
    }
  }

  /** Detaches all streams of an edge that is gone. */
  public void lost(EdgeSession edge) {
    for (long number : List.copyOf(edge.streams.keySet())) {
      detach(edge.address, number, UNKNOWN);
    }
  }

  /**
   * Ends all streams of an edge that takes nothing any more, so that their clients come back
   * elsewhere.
   */
  public void giveUp(EdgeSession edge) {
    meters.count(CounterName.EDGES_GIVEN_UP);
    for (long number : List.copyOf(edge.streams.keySet())) {
      link.end(edge.address, new End(channelId, number, null, 0));
      detach(edge.address, number, UNKNOWN);
    }
  }

  /**
   * Notes that all live streams of an edge have everything up to here. If the edge acknowledges for
   * other streams than are known here, a message that one of them lags or has left was lost: then
   * no cursor moves, and the edge is asked for a statement, which finds the difference. The
   * deliveries have arrived in any case.
   *
   * @param live a digest of the streams that the edge acknowledges for
   */
  public void acknowledge(String edgeAddress, Session session, long through, long live) {
    EdgeSession edge = edges.find(edgeAddress);
    if (edge == null || !edge.session().equals(session)) {
      return;
    }
    long now = loop.currentTimeMillis();
    if (edge.acknowledging.value() == live) {
      edge.acknowledge(through, now);
    } else {
      edge.arrived(through, now);
      if (edge.mayAskForStatement(now)) {
        link.tell(edge.address, new StatementWanted(channelId));
      }
    }
    advanced.run();
  }

  // ---- statements

  /**
   * Compares an edge's statement with what is known here. Apart from the acknowledgement that the
   * statement repeats, nothing changes.
   */
  public Confirmed confirm(Statement statement) {
    EdgeSession edge = edges.find(statement.edge());
    if (edge == null) {
      Session none = new Session(edges.term(), 0);
      return new Confirmed(none, 0, StreamTallies.NONE, List.copyOf(statement.reads()));
    }
    edge.heard(loop.currentTimeMillis(), statement.intervalMs());
    acknowledge(
        statement.edge(),
        statement.session(),
        statement.acknowledged(),
        statement.streams().live().digest());
    List<Long> lost = new ArrayList<>();
    for (long number : statement.reads()) {
      StreamAttachment stream = attachmentOf(edge, number);
      if (stream == null || !stream.isBeingRead()) {
        lost.add(number);
      }
    }
    return new Confirmed(edge.session(), edge.sent(), edge.tallies.snapshot(), lost);
  }

  /** Returns an edge's streams, or a part of them. */
  public StreamList list(ListStreams request) {
    List<Listed> listed = new ArrayList<>();
    EdgeSession edge = edges.find(request.edge());
    if (edge != null) {
      for (long number : edge.streams.keySet()) {
        StreamAttachment stream = attachmentOf(edge, number);
        if (stream != null && number % request.parts() == request.part()) {
          listed.add(new Listed(number, stream.state()));
        }
      }
    }
    return new StreamList(edge == null ? new Session(edges.term(), 0) : edge.session(), listed);
  }

  private static @Nullable StreamAttachment attachmentOf(EdgeSession edge, long number) {
    Listener listener = edge.streams.get(number);
    return listener == null ? null : listener.stream();
  }

  /**
   * Detaches the streams of edges that make no statements any more, at their last known positions.
   */
  public void forgetSilentEdges() {
    long now = loop.currentTimeMillis();
    for (EdgeSession edge : List.copyOf(edges.all())) {
      if (now >= edge.forgottenAt()) {
        meters.count(CounterName.EDGES_FORGOTTEN);
        lost(edge);
      }
    }
  }

  private @Nullable Listener listenerOf(String edgeAddress, long streamNumber) {
    EdgeSession edge = edges.find(edgeAddress);
    return edge == null ? null : edge.streams.get(streamNumber);
  }

  /** Detaches a stream. Only this method takes a stream from its edge and its listener. */
  private void detachFrom(Listener listener, StreamAttachment stream, long written) {
    long cursor = Math.min(written, log.lastSequence());
    stream.end();
    stream.gone();
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
  public Future<Void> release(Listener listener, @Nullable String finalType) {
    return listener.exclusively(() -> releaseNow(listener, finalType, 0));
  }

  /**
   * Ends a stream because its listener is stopped, once messages that {@code onMessage} has seen
   * are on their way.
   */
  public Future<Void> releaseWhenAnswered(Listener listener) {
    return listener.answered().compose(answered -> releaseNow(listener, null, 0));
  }

  /** Takes the present attachment away because it lags. Repeated calls do nothing. */
  public void disconnect(Listener listener) {
    if (listener.state() != Listener.State.ATTACHED) {
      return;
    }
    Attachment lagging = listener.attachment();
    listener.end();
    meters.count(CounterName.LAGGARDS_DISCONNECTED);
    listener.exclusively(
        () ->
            listener.attachment() == lagging
                ? releaseNow(listener, null, 0)
                : Future.<Void>succeededFuture());
  }

  /**
   * Does what {@link #release} does, for a caller that already has the listener's attachment
   * exclusively.
   *
   * @param retryMs how long the stream's client is asked to wait before it reconnects; 0 for
   *     nothing
   */
  public Future<Void> releaseNow(Listener listener, @Nullable String finalType, int retryMs) {
    if (listener.attachment() != null && Message.TAKEN_OVER.equals(finalType)) {
      meters.count(CounterName.TAKEOVERS);
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
        .otherwise(
            unanswered -> {
              edges.renew(stream.edge); // the stream may go on there, and would miss dispatches
              return UNKNOWN;
            })
        .map(
            written -> {
              detachFrom(listener, stream, written == UNKNOWN ? stream.cursor() : written);
              return null;
            });
  }

  /** Names a stream by its edge and its number there. */
  private record StreamKey(String edge, long stream) {}

  /**
   * A stream that an edge wants to open.
   *
   * @param origin the number under which the edge first had the stream
   * @param handedOn the sequence up to which the kernel has what was written before, if that is
   *     below the position where the stream goes on
   */
  private record Opening(Attach request, long origin, long handedOn) {
    StreamKey key() {
      return new StreamKey(request.edge(), request.stream());
    }

    Opening from(Position after) {
      return new Opening(request.from(after.toString()), origin, handedOn);
    }
  }

  /**
   * A stream that is its listener's attachment.
   *
   * @param read the number of its first read
   * @param from where it reads on, which may be ahead of its cursor
   * @param gap the gap that it has to see first, or null
   */
  private record Opened(StreamAttachment stream, int read, long from, @Nullable Entry gap) {}
}
