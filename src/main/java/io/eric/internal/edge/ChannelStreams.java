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
 * Keeps the streams of one channel at an edge, and writes to the live ones together. On the edge's
 * context only.
 *
 * <p>The hot path costs one encoding per delivery, however many streams there are. Per turn of the
 * event loop it costs one write and one flush of the same bytes per stream, and one acknowledgement
 * to the channel.
 */
final class ChannelStreams implements ReaderBook.Side {

  private static final EdgeStream[] NO_STREAMS = {};
  private static final int NOTHING = -1;

  final Edge edge;
  final String id;
  final ReaderBook book;
  private final Map<Long, EdgeStream> all = new HashMap<>();

  /** The streams that have been given another number, by the number that they were opened under. */
  private final Map<Long, EdgeStream> renumbered = new HashMap<>();

  private final Map<String, EdgeStream> liveByListener = new HashMap<>();
  private final List<EdgeStream> live = new ArrayList<>();
  private final Set<EdgeStream> unsettled = new LinkedHashSet<>();

  /** The index in {@link TurnWrites} of what is pending here; -1 if nothing is. */
  private int pendingAt = NOTHING;

  private long delivered;
  private long flushed;
  private long acknowledged;
  private long newestLiveFrom;
  private Loop.@Nullable Timer lagTimer;

  /** The latest session with an owner. If only a new owner's term is known yet, its number is 0. */
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

  /**
   * Returns whether the stream that was opened under this number is here, perhaps under a later
   * number.
   */
  boolean hasOpened(long origin) {
    return all.containsKey(origin) || renumbered.containsKey(origin);
  }

  void add(EdgeStream stream) {
    all.put(stream.number(), stream);
  }

  /**
   * Returns whether the owner has forgotten a stream since it attached it, or has ceased to be the
   * owner.
   */
  boolean isOutdated(EdgeStream stream) {
    return stream.session().isBefore(session);
  }

  /** Notes that a stream has been attached. */
  void attached(EdgeStream stream, Attached now) {
    if (isOutdated(stream)) {
      stream.attachAnewLater();
    } else {
      enter(now.session());
    }
    retryMs = now.retryMs();
  }

  /**
   * Forgets a stream.
   *
   * @return whether it was the last one
   */
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
   * Adds a stream to the live ones, unless a delivery that it lacks has already come, or it is
   * attached in another session.
   *
   * @param from the sequence up to which it has everything
   * @return whether it is live now
   */
  boolean join(EdgeStream stream, long from) {
    if (delivered > from || !session.equals(stream.session())) {
      return false;
    }
    flush(); // what is pending is older than this stream's live part
    stream.liveIndex = live.size();
    live.add(stream);
    // A stream that was taken over may not have been told yet. The younger stream has the listener.
    liveByListener.merge(
        stream.listener(), stream, (a, b) -> a.reader().origin() > b.reader().origin() ? a : b);
    newestLiveFrom = Math.max(newestLiveFrom, from);
    if (stream.isUnsettled()) {
      setUnsettled(stream);
    }
    return true;
  }

  /** Removes a stream from the live ones. */
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

  /** Returns how many streams are live. */
  int live() {
    return live.size();
  }

  /** Returns the sequence up to which settled live streams have been written to. */
  long flushed() {
    return flushed;
  }

  void deliver(Delivery delivery) {
    if (delivery.session().isBefore(session)) {
      return; // it is overtaken, or comes from a former owner that does not know yet that it is one
    }
    enter(delivery.session());
    if (delivery.through() <= delivered) {
      return; // it is a repeat
    }
    if (delivery.after() > delivered) {
      // The streams that were live before it lack a delivery in between.
      demoteUnless(delivery.after());
    }
    List<Entry> entries = delivery.entries();
    int end = indexOfEnd(entries);
    if (end >= 0 && end + 1 < entries.size()) { // the rest is for streams that come later
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
      return; // there is no stream to write to, but the channel waits for the acknowledgement
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
      // A stream that lags ends when it has read this far.
      List.copyOf(live).forEach(EdgeStream::endAtOnce);
    }
  }

  /**
   * Enters a session. Streams that are attached in another one attach anew, because the owner does
   * not know them: its deliveries lack the dispatches for them.
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

  /** Returns the index of the entry by which the producer ends all streams, or -1. */
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

  /** Encodes in pieces of at most a batch's bytes, however much was published at once. */
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

  /**
   * Demotes the streams that became live after this sequence: its delivery arrives only now, and
   * they read for themselves.
   */
  private void demoteOvertaken(long firstSequence) {
    for (EdgeStream stream : List.copyOf(live)) {
      if (stream.liveFrom() >= firstSequence) {
        stream.demote();
      }
    }
    newestLiveFrom = 0;
  }

  /**
   * Demotes the streams that were live before this sequence: they lack messages, and read for
   * themselves.
   */
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

  /** Writes what is pending to the live streams, before the turn ends. */
  void flush() {
    if (pendingAt != NOTHING) {
      edge.turnWrites.write(pendingAt);
    }
  }

  /**
   * Returns the live streams as they are now. A write may end some of them: a stream that proves to
   * lag, or all streams of an HTTP/2 connection that fails. The copy costs next to nothing compared
   * with the writes.
   */
  EdgeStream[] liveNow() {
    return live.toArray(NO_STREAMS);
  }

  /**
   * Notes that what is pending is about to be written to the live streams.
   *
   * @return the sequence up to which they were written to before
   */
  long writing() {
    pendingAt = NOTHING;
    long before = flushed;
    flushed = delivered;
    return before;
  }

  /** Notes that the live streams have been given this number of messages. */
  void wrote(long messages) {
    edge.meters.count(CounterName.DELIVERED_LIVE, messages);
    acknowledge();
  }

  // ---- several nodes

  /**
   * Opens all streams anew, because the channel has another owner, or its owner is within reach
   * again.
   */
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

  /** Gives a stream another number. */
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
    flushed = Math.max(flushed, through); // the streams that are still live lack nothing
    acknowledge();
  }

  // ---- acknowledgements

  /** Notes that a live stream's bytes did not go to the kernel at once. */
  void setUnsettled(EdgeStream stream) {
    unsettled.add(stream);
    if (lagTimer == null) {
      lagTimer = edge.loop.after(edge.options.getLagTime(), this::demoteLagging);
    }
  }

  /** Notes that the kernel has everything that was written to a stream. */
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

  /**
   * Repeats the last acknowledgement. The channel may have ignored it, because it was made without
   * a stream that the channel took to be live.
   */
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
