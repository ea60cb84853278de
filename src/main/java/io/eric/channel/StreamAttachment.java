package io.eric.channel;

import io.eric.bus.Post;
import org.jspecify.annotations.Nullable;

/** A stream of an edge. It is live (pushed to), waiting to be woken, or busy reading. */
final class StreamAttachment implements Attachment {

  final EdgeSession edge;
  final long stream;
  final boolean wantsLive;
  final boolean raw;
  private long cursor;
  private boolean live;
  private boolean settled;
  private boolean ending;

  StreamAttachment(EdgeSession edge, long stream, boolean wantsLive, boolean raw, long cursor) {
    this.edge = edge;
    this.stream = stream;
    this.wantsLive = wantsLive;
    this.raw = raw;
    this.cursor = cursor;
  }

  @Override
  public boolean isLive() {
    return live;
  }

  @Override
  public long cursor() {
    return live && settled ? Math.max(cursor, edge.acknowledged()) : cursor;
  }

  @Override
  public @Nullable String node() {
    return Post.nodeOf(edge.address);
  }

  /**
   * Everything up to {@code through} is read, what follows is pushed.
   *
   * <p>The cursor follows the edge's acknowledgements only when the edge has {@linkplain #written
   * taken the stream among its live ones}: before, it acknowledges without this stream.
   *
   * @param nothingRead whether there was nothing for the stream up to there
   */
  void goLive(long through, boolean nothingRead) {
    settled = false;
    if (nothingRead) {
      cursor = through;
    }
    if (!live) {
      live = true;
      edge.liveStreams++;
    }
  }

  /** Everything up to {@code written} was handed to the kernel; the stream reads from there. */
  void goCatchingUp(long written) {
    cursor = written;
    if (live) {
      live = false;
      edge.liveStreams--;
    }
  }

  /** The stream is live at its edge, and what it had read before was handed to the kernel. */
  void written(long through) {
    if (live && !settled) {
      settled = true;
      cursor = Math.max(cursor, through);
    }
  }

  /** The stream is being taken away: no more reads. */
  void goEnding() {
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }

  /** When it last got anywhere, in milliseconds, as far as the edge knows. */
  long lastProgress() {
    return live ? edge.lastProgress() : 0;
  }

  /** Nothing more to read now; the next message wakes the stream. */
  void goWaiting(long through) {
    cursor = through;
  }
}
