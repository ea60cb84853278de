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
 * What a channel knows of one edge: its streams and how much of what was pushed to it is still
 * unacknowledged.
 */
public final class EdgeSession {

  /** An edge that has made no statement for this number of its intervals is forgotten. */
  private static final int SILENT_INTERVALS = 3;

  private static final long ASKING_PAUSE_MS = 500;

  /** So many windows on their way are more than a busy edge explains. */
  private static final long STUCK_WINDOWS = 16;

  public final String address;
  private Session session;
  public final Map<Long, Listener> streams = new HashMap<>();
  final StreamTallies tallies = new StreamTallies();

  /** The streams that the edge itself takes to be live and to have what they had read before. */
  final StreamDigest acknowledging = new StreamDigest();

  /** What was sent, and has not come there as far as the edge has said. */
  private final SentDeliveries underWay = new SentDeliveries();

  private long acknowledged;

  /** The highest sequence of all acknowledgements in this session. */
  private long said;

  private long sent;

  /** How far the last delivery goes; unlike {@link #sent} it does not move when nothing is sent. */
  private long lastDelivery;

  /** The highest sequence of all acknowledgements. */
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

  /** What the edge is told to tell its streams' times apart by. */
  Session session() {
    return session;
  }

  /** See {@link EdgeSessions#renew}. */
  void renew(Session next) {
    session = next;
    said = 0;
    underWay.clear(); // the edge drops it, and says nothing of it
  }

  /** Whether any of its streams is pushed to. */
  boolean hasLiveStreams() {
    return tallies.count(StreamState.LIVE) + tallies.count(StreamState.LIVE_UNSETTLED) > 0;
  }

  /**
   * The edge has opened a stream or made a statement; its next statement is due after the interval.
   */
  void heard(long now, long intervalMs) {
    forgottenAt = now + SILENT_INTERVALS * intervalMs;
  }

  /** When it counts as gone if it makes no other statement, in milliseconds. */
  public long forgottenAt() {
    return forgottenAt;
  }

  /** The sequence up to which all settled live streams have everything. */
  long acknowledged() {
    // When it has all that was sent, its streams lack nothing of what was looked at.
    return hasAll() ? Math.max(acknowledged, seen) : acknowledged;
  }

  private boolean hasAll() {
    return confirmed >= lastDelivery;
  }

  /** When something last came there, as far as the edge has said, in milliseconds. */
  long lastProgress() {
    return lastProgress;
  }

  /**
   * Nothing up to here was sent, because no stream is pushed to: a stream that is live at the edge
   * all the same has missed it.
   */
  void skipped(long through) {
    seen = through;
    sent = through;
  }

  /** All up to here that is for this edge has been sent to it. */
  void seen(long through) {
    seen = through;
  }

  /** The sequence up to which deliveries have been sent. */
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

  /** The highest sequence of all acknowledgements in this session. */
  long said() {
    return said;
  }

  /** What was sent has come there up to here, whatever streams it was written to. */
  void arrived(long through, long now) {
    if (underWay.removeThrough(through)) {
      lastProgress = now;
    }
  }

  /** Once in a while, for the answer takes as long as a turn to the edge and back. */
  boolean mayAskForStatement(long now) {
    boolean may = now - askedAt >= ASKING_PAUSE_MS;
    askedAt = may ? now : askedAt;
    return may;
  }

  /** All settled live streams have everything up to here. */
  void acknowledge(long through, long now) {
    arrived(through, now);
    said = Math.max(said, through);
    confirmed = Math.max(confirmed, through);
    acknowledged = Math.max(acknowledged, Math.min(through, sent));
  }

  /** Whether so much is on its way to the edge that its event loop must be stuck. */
  public boolean isStuck(int windowMessages, long windowBytes) {
    return underWay.messages() > STUCK_WINDOWS * windowMessages
        || underWay.bytes() > STUCK_WINDOWS * windowBytes;
  }

  /** Whether publishers should be slowed down for this edge: it is behind, and it does advance. */
  public boolean holdsPublishers(int windowMessages, long windowBytes, long stallMs, long now) {
    return hasLiveStreams()
        && (underWay.messages() > windowMessages || underWay.bytes() > windowBytes)
        && now - lastProgress < stallMs;
  }
}
