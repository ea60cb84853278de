package io.eric.channel.internal.readers;

import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamDigest;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.log.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what a channel knows of one edge: its streams, and how much of what was pushed to it is
 * still unacknowledged.
 */
public final class EdgeSession {

  /** An edge that has made no statement for this number of its intervals is forgotten. */
  private static final int SILENT_INTERVALS = 3;

  private static final long ASKING_PAUSE_MS = 500;

  /** An edge with more windows than this on their way must be stuck, not only busy. */
  private static final long STUCK_WINDOWS = 16;

  public final String address;
  private Session session;
  public final Map<Long, Listener> streams = new HashMap<>();
  final StreamTallies tallies = new StreamTallies();

  /**
   * The streams that the edge's acknowledgements count in: live ones that have what they read
   * before.
   */
  final StreamDigest acknowledging = new StreamDigest();

  /** The deliveries that were sent and, as far as the edge has said, have not arrived. */
  private final SentDeliveries underWay = new SentDeliveries();

  private long acknowledged;

  /** The highest sequence of all acknowledgements in this session. */
  private long said;

  private long sent;

  /** How far the last delivery goes; unlike {@link #sent} it does not move when nothing is sent. */
  private long lastDelivery;

  /** The highest sequence of all acknowledgements, in any session. */
  private long confirmed;

  private long askedAt;
  private long seen;
  private long lastProgress;
  private long forgottenAt;

  EdgeSession(String address, Session session, long lastSequence, long now) {
    this.address = address;
    this.session = session;
    this.acknowledged = lastSequence;
    this.sent = lastSequence;
    this.lastDelivery = lastSequence;
    this.confirmed = lastSequence;
    this.seen = lastSequence;
    this.lastProgress = now;
  }

  /**
   * Returns the edge's session, by which the edge tells deliveries for its present streams from
   * older ones.
   */
  Session session() {
    return session;
  }

  /** See {@link EdgeSessions#renew}. */
  void renew(Session next) {
    session = next;
    said = 0;
    underWay.clear(); // the edge drops these deliveries, and does not acknowledge them
  }

  /** Returns whether any of its streams is pushed to. */
  boolean hasLiveStreams() {
    return tallies.count(StreamState.LIVE) + tallies.count(StreamState.LIVE_UNSETTLED) > 0;
  }

  /**
   * Notes that the edge has opened a stream or made a statement. Its next statement is due after
   * the interval.
   */
  void heard(long now, long intervalMs) {
    forgottenAt = now + SILENT_INTERVALS * intervalMs;
  }

  /** Returns when the edge counts as gone if it makes no further statement, in milliseconds. */
  public long forgottenAt() {
    return forgottenAt;
  }

  /** Returns the sequence up to which all settled live streams have everything. */
  long acknowledged() {
    // If the edge has all deliveries, its streams lack nothing of what was looked at for them.
    return hasAll() ? Math.max(acknowledged, seen) : acknowledged;
  }

  private boolean hasAll() {
    return confirmed >= lastDelivery;
  }

  /**
   * Returns when the edge last advanced, in milliseconds: when it said that a delivery had arrived,
   * or got one while none was under way.
   */
  long lastProgress() {
    return lastProgress;
  }

  /**
   * Notes that nothing up to here was sent, because no stream is live. It counts as sent: a stream
   * that is live at the edge all the same has missed it, which the next statement finds out.
   */
  void skipped(long through) {
    seen = through;
    sent = through;
  }

  /** Notes that everything up to here that is for this edge has been sent to it. */
  void seen(long through) {
    seen = through;
  }

  /** Returns the sequence up to which deliveries have been sent. */
  long sent() {
    return sent;
  }

  void sending(long through, List<Entry> entries, long now) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.size();
    }
    if (underWay.isEmpty()) {
      lastProgress = now;
    }
    if (hasAll()) {
      acknowledged = Math.max(acknowledged, seen);
    }
    underWay.add(through, entries.size(), bytes);
    sent = through;
    lastDelivery = through;
  }

  /** Returns the highest sequence of all acknowledgements in this session. */
  long said() {
    return said;
  }

  /** Notes that deliveries up to here have arrived, whichever streams they were written to. */
  void arrived(long through, long now) {
    if (underWay.removeThrough(through)) {
      lastProgress = now;
    }
  }

  /**
   * Returns whether the edge may be asked for a statement: only once in a while, because an answer
   * takes a round trip.
   */
  boolean mayAskForStatement(long now) {
    boolean may = now - askedAt >= ASKING_PAUSE_MS;
    askedAt = may ? now : askedAt;
    return may;
  }

  /** Notes that all settled live streams have everything up to here. */
  void acknowledge(long through, long now) {
    arrived(through, now);
    said = Math.max(said, through);
    confirmed = Math.max(confirmed, through);
    acknowledged = Math.max(acknowledged, Math.min(through, sent));
  }

  /**
   * Returns whether more is on its way to the edge than a busy edge explains, so that its event
   * loop must be stuck.
   */
  public boolean isStuck(int windowMessages, long windowBytes) {
    return underWay.messages() > STUCK_WINDOWS * windowMessages
        || underWay.bytes() > STUCK_WINDOWS * windowBytes;
  }

  /**
   * Returns whether publishers should be slowed down for this edge, because it is behind and
   * advances.
   */
  public boolean holdsPublishers(int windowMessages, long windowBytes, long stallMs, long now) {
    return hasLiveStreams()
        && (underWay.messages() > windowMessages || underWay.bytes() > windowBytes)
        && now - lastProgress < stallMs;
  }
}
