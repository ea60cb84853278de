package io.eric.internal.edge;

import io.eric.Message;
import io.eric.internal.Loop;
import io.eric.internal.client.ChannelReader;
import io.eric.internal.client.ReaderBook;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Delivery;
import io.eric.internal.protocol.Session;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.eric.options.PublishTimeouts;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one channel at an edge. The live ones are written to together.
 *
 * <p>The hot path, per delivery: one encoding, however many streams; per turn of the event loop:
 * one write and one flush per stream, all of the same bytes; one acknowledgement to the channel.
 */
final class ChannelStreams implements ReaderBook.Side {

  private static final EdgeStream[] NO_STREAMS = {};
  private static final int NOTHING = -1;

  final Edge edge;
  final String id;
  final ReaderBook book;
  private final Map<Long, EdgeStream> all = new HashMap<>();

  /** Those that have another number by now, by the one that they were opened under. */
  private final Map<Long, EdgeStream> renumbered = new HashMap<>();

  private final Map<String, EdgeStream> liveByListener = new HashMap<>();
  private final List<EdgeStream> live = new ArrayList<>();
  private final Set<EdgeStream> unsettled = new LinkedHashSet<>();

  /** Where the edge's turn has what is pending here, -1 if that is nothing. */
  private int pendingAt = NOTHING;

  private long delivered;
  private long flushed;
  private long acknowledged;
  private long newestLiveFrom;
  private Loop.@Nullable Timer lagTimer;

  /** The latest session with an owner; the term alone of one that has only been heard of. */
  private Session session = Session.NONE;

  private int retryMs;

  ChannelStreams(Edge edge, String id) {
    this.edge = edge;
    this.id = id;
    this.book =
        new ReaderBook(
            edge.client,
            edge.loop,
            edge.meters,
            id,
            edge.address,
            edge.options.confirmIntervalMs(),
            PublishTimeouts.DEFAULT.publish(),
            this);
  }

  Collection<EdgeStream> streams() {
    return all.values();
  }

  @Nullable EdgeStream find(long number) {
    return all.get(number);
  }

  /** Whether the stream that was opened under this number is here, perhaps under a later one. */
  boolean hasOpened(long origin) {
    return all.containsKey(origin) || renumbered.containsKey(origin);
  }

  void add(EdgeStream stream) {
    all.put(stream.number(), stream);
  }

  /** Whether the owner has forgotten a stream since it attached it, or is none any more. */
  boolean isOutdated(EdgeStream stream) {
    return stream.session().isBefore(session);
  }

  /** A stream is attached in this session. */
  void attached(EdgeStream stream, Attached now) {
    if (isOutdated(stream)) {
      stream.attachAnewLater();
    } else {
      enter(now.session());
    }
    retryMs = now.retryMs();
  }

  /** Forgets a stream; true if it was the last one. */
  boolean remove(EdgeStream stream) {
    all.remove(stream.number());
    renumbered.remove(stream.reader().origin());
    leave(stream);
    if (all.isEmpty()) {
      cancelLagTimer();
      return true;
    }
    acknowledge();
    return false;
  }

  // ---- live streams

  /**
   * Takes a stream among the live ones, if no delivery has come in that it lacks.
   *
   * @param from the sequence up to which it has everything
   */
  boolean join(EdgeStream stream, long from) {
    if (delivered > from || !session.equals(stream.session())) {
      return false;
    }
    flush(); // what is pending is older than the stream's own beginning here
    stream.liveIndex = live.size();
    live.add(stream);
    // One that was taken over may not have been told yet; the younger one has the listener.
    liveByListener.merge(
        stream.listener(), stream, (a, b) -> a.reader().origin() > b.reader().origin() ? a : b);
    newestLiveFrom = Math.max(newestLiveFrom, from);
    if (stream.isUnsettled()) {
      setUnsettled(stream);
    }
    return true;
  }

  /** Takes a stream out of the live ones. */
  void leave(EdgeStream stream) {
    int index = stream.liveIndex;
    if (index >= 0) {
      EdgeStream last = live.remove(live.size() - 1);
      if (last != stream) {
        live.set(index, last);
        last.liveIndex = index;
      }
      stream.liveIndex = -1;
      liveByListener.remove(stream.listener(), stream);
    }
    unsettled.remove(stream);
  }

  /** How many streams are live. */
  int live() {
    return live.size();
  }

  /** The sequence up to which settled live streams have been written to. */
  long flushed() {
    return flushed;
  }

  void deliver(Delivery delivery) {
    if (delivery.session().isBefore(session)) {
      return; // of an owner that does not know yet that it is none any more, or overtaken
    }
    enter(delivery.session());
    if (delivery.through() <= delivered) {
      return; // repeated
    }
    if (delivery.after() > delivered) {
      demoteUnless(delivery.after()); // a delivery between is missing, for who was live before it
    }
    List<Entry> entries = delivery.entries();
    int end = indexOfEnd(entries);
    if (end >= 0 && end + 1 < entries.size()) { // what follows is for streams that come later
      long ending = entries.get(end).sequence();
      deliver(part(delivery, delivery.after(), ending, entries.subList(0, end + 1)));
      List<Entry> rest = entries.subList(end + 1, entries.size());
      deliver(part(delivery, ending, delivery.through(), rest));
      return;
    }
    if (entries.get(0).sequence() <= newestLiveFrom) {
      demoteOvertaken(entries.get(0).sequence());
    }
    delivered = delivery.through();
    PendingWrites pending = pending();
    if (live.isEmpty()) {
      return; // nobody to write to, but the channel waits for our acknowledgement
    }
    int from = 0;
    for (int i = 0; i < entries.size(); i++) {
      String receiver = entries.get(i).receiver();
      if (receiver != null) {
        addShared(pending, entries, from, i, delivery.epoch());
        from = i + 1;
        EdgeStream target = liveByListener.get(receiver);
        if (target != null) {
          pending.addFor(
              target,
              edge.format.encode(entries.subList(i, i + 1), delivery.epoch(), retryMs),
              entries.get(i).sequence());
        }
      }
    }
    addShared(pending, entries, from, entries.size(), delivery.epoch());
    if (end >= 0) {
      flush();
      List.copyOf(live).forEach(EdgeStream::endAtOnce); // who lags ends when it has read as far
    }
  }

  /**
   * From now on it is about this session. Streams that are attached in another one attach anew,
   * because the owner does not know them: what it pushes lacks what is for them alone.
   */
  private void enter(Session now) {
    if (now.equals(session)) {
      return;
    }
    flush();
    if (now.term() > session.term()) {
      book.hasNewOwner();
    }
    session = now;
    startAnew();
    for (EdgeStream stream : List.copyOf(all.values())) {
      if (stream.session().isOpen() && stream.session().isBefore(now)) {
        stream.moved();
      }
    }
  }

  private void startAnew() {
    delivered = 0;
    flushed = 0;
    acknowledged = 0;
    newestLiveFrom = 0;
  }

  /** Where the producer has said to all that nothing more comes, which ends streams; or -1. */
  static int indexOfEnd(List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).type().equals(Message.CHANNEL_CLOSED)) {
        return i;
      }
    }
    return -1;
  }

  private static Delivery part(Delivery whole, long after, long through, List<Entry> entries) {
    return new Delivery(
        whole.channel(), whole.epoch(), whole.session(), after, through, List.copyOf(entries));
  }

  /** In pieces of no more than a batch's bytes, however much was published at once. */
  private void addShared(
      PendingWrites pending, List<Entry> entries, int from, int to, String epoch) {
    int first = from;
    long bytes = 0;
    for (int i = from; i < to; i++) {
      bytes += entries.get(i).size();
      boolean last = i + 1 == to;
      if (last || bytes + entries.get(i + 1).size() > edge.options.getBatchBytes()) {
        Buffer encoded = edge.format.encode(entries.subList(first, i + 1), epoch, retryMs);
        pending.addForAll(encoded, entries.get(i).sequence(), i + 1 - first);
        first = i + 1;
        bytes = 0;
      }
    }
  }

  /** A stream became live later than a delivery that arrives only now: it reads for itself. */
  private void demoteOvertaken(long firstSequence) {
    for (EdgeStream stream : List.copyOf(live)) {
      if (stream.liveFrom() >= firstSequence) {
        stream.demote();
      }
    }
    newestLiveFrom = 0;
  }

  /** A stream that is not live from this sequence on, or from a later one, reads for itself. */
  private void demoteUnless(long sequence) {
    flush();
    for (EdgeStream stream : List.copyOf(live)) {
      if (stream.liveFrom() < sequence) {
        stream.demote();
      }
    }
  }

  private PendingWrites pending() {
    if (pendingAt == NOTHING) {
      pendingAt = edge.turnWrites.begin(this);
    }
    return edge.turnWrites.get(pendingAt);
  }

  /** Writes what is pending to all live streams. */
  void flush() {
    if (pendingAt == NOTHING) {
      return;
    }
    PendingWrites writes = edge.turnWrites.take(pendingAt);
    pendingAt = NOTHING;
    long before = flushed;
    flushed = delivered;
    long now = edge.loop.nanoTime();
    long messages = 0;
    if (writes.hasShared()) {
      // Over a copy, because a write may take streams out of the list: the one that proves to lag,
      // and all of an HTTP/2 connection when the connection fails. Copying costs nothing beside
      // writing to each.
      for (EdgeStream stream : live.toArray(NO_STREAMS)) {
        if (stream.liveIndex >= 0) {
          messages += stream.push(writes.forStream(stream), before, flushed, now);
        }
      }
    } else {
      for (EdgeStream stream : writes.targets()) {
        if (stream.liveIndex >= 0) {
          messages += stream.push(writes.forStream(stream), before, flushed, now);
        }
      }
    }
    edge.meters.count(CounterName.DELIVERED_LIVE, messages);
    acknowledge();
  }

  // ---- several nodes

  /** The channel has another owner, or its owner is within reach again: all streams open anew. */
  void moved(long newTerm) {
    if (newTerm < session.term()) {
      return;
    }
    flush();
    if (newTerm > session.term()) {
      session = new Session(newTerm, 0);
      startAnew();
      book.hasNewOwner();
    }
    for (EdgeStream stream : List.copyOf(all.values())) {
      stream.moved();
    }
  }

  /** A stream gets another number. */
  void renumber(EdgeStream stream, long number) {
    all.remove(stream.number());
    all.put(number, stream);
    renumbered.put(stream.reader().origin(), stream);
  }

  // ---- for the book

  @Override
  public Session session() {
    return session;
  }

  @Override
  public long acknowledged() {
    return acknowledged;
  }

  @Override
  public List<ChannelReader> readers() {
    List<ChannelReader> readers = new ArrayList<>(all.size());
    for (EdgeStream stream : all.values()) {
      readers.add(stream.reader());
    }
    return readers;
  }

  @Override
  public @Nullable ChannelReader reader(long number) {
    EdgeStream stream = all.get(number);
    return stream == null ? null : stream.reader();
  }

  @Override
  public void isIn(Session now) {
    if (session.isBefore(now)) {
      enter(now);
    }
  }

  @Override
  public void confirmed() {
    edge.unconfirmed.forget(id);
  }

  @Override
  public void sent(long through) {
    if (through <= delivered) {
      return;
    }
    demoteUnless(through);
    delivered = through;
    flushed = Math.max(flushed, through); // who is live still was not meant by what is missing
    acknowledge();
  }

  // ---- acknowledgements

  /** A live stream's bytes did not go to the kernel at once. */
  void setUnsettled(EdgeStream stream) {
    unsettled.add(stream);
    if (lagTimer == null) {
      lagTimer = edge.loop.after(edge.options.getLagTime(), this::demoteLagging);
    }
  }

  /** The kernel has all that was written to this stream. */
  void setSettled(EdgeStream stream) {
    if (unsettled.remove(stream)) {
      acknowledge();
    }
  }

  private void demoteLagging() {
    lagTimer = null;
    long now = edge.loop.nanoTime();
    for (EdgeStream stream : List.copyOf(unsettled)) {
      if (stream.lagsSince(now) >= edge.options.getLagTime() * 1_000_000) {
        stream.demote();
      }
    }
    if (!unsettled.isEmpty()) {
      lagTimer = edge.loop.after(edge.options.getLagTime(), this::demoteLagging);
    }
    acknowledge();
  }

  private void cancelLagTimer() {
    if (lagTimer != null) {
      lagTimer.cancel();
      lagTimer = null;
    }
  }

  /** The channel may not have taken the last one, which was made without a stream that it had. */
  void acknowledgeAgain() {
    if (acknowledged > 0) {
      tellAcknowledged();
    }
  }

  private void tellAcknowledged() {
    edge.client.tell(
        id, new ChannelRequest.Acknowledge(edge.address, session, acknowledged, book.live()));
  }

  private void acknowledge() {
    long through = flushed;
    for (EdgeStream stream : unsettled) {
      through = Math.min(through, stream.confirmed());
    }
    if (through > acknowledged) {
      acknowledged = through;
      tellAcknowledged();
    }
  }
}
