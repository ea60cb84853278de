package io.eric.channel;

import io.eric.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a channel knows of one edge: its streams and how much of what was pushed to it is still
 * unacknowledged.
 */
final class EdgeSession {

  /** So many windows on their way are more than a busy edge explains. */
  private static final long STUCK_WINDOWS = 16;

  final String address;
  final Map<Long, Listener> streams = new HashMap<>();
  int liveStreams;
  private final SentDeliveries unacknowledged = new SentDeliveries();
  private long acknowledged;
  private long sent;
  private long seen;
  private long lastProgress;

  EdgeSession(String address, long lastSequence, long now) {
    this.address = address;
    this.acknowledged = lastSequence;
    this.sent = lastSequence;
    this.seen = lastSequence;
    this.lastProgress = now;
  }

  /** The sequence up to which all settled live streams have everything. */
  long acknowledged() {
    // With nothing on its way they lack nothing of what was looked at.
    return unacknowledged.isEmpty() ? Math.max(acknowledged, seen) : acknowledged;
  }

  /** When the edge last acknowledged something, in milliseconds. */
  long lastProgress() {
    return lastProgress;
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
    if (unacknowledged.isEmpty()) {
      lastProgress = now;
      acknowledged = Math.max(acknowledged, seen);
    }
    unacknowledged.add(through, entries.size(), bytes);
    sent = through;
  }

  void acknowledge(long through, long now) {
    if (unacknowledged.removeThrough(through)) {
      lastProgress = now;
    }
    acknowledged = Math.max(acknowledged, Math.min(through, sent));
  }

  /** Whether so much is on its way to the edge that its event loop must be stuck. */
  boolean isStuck(int windowMessages, long windowBytes) {
    return unacknowledged.messages() > STUCK_WINDOWS * windowMessages
        || unacknowledged.bytes() > STUCK_WINDOWS * windowBytes;
  }

  /** Whether publishers should be slowed down for this edge: it is behind, and it does advance. */
  boolean holdsPublishers(int windowMessages, long windowBytes, long stallMs, long now) {
    return liveStreams > 0
        && (unacknowledged.messages() > windowMessages || unacknowledged.bytes() > windowBytes)
        && now - lastProgress < stallMs;
  }
}
