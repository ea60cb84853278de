package io.eric.channel;

/** A stream of an edge. It is live (pushed to), waiting to be woken, or busy reading. */
final class StreamAttachment implements Attachment {

  final EdgeSession edge;
  final long stream;
  final boolean wantsLive;
  final boolean raw;
  private long cursor;
  private boolean live;
  private boolean waiting;

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
    return live ? Math.max(cursor, edge.acknowledged()) : cursor;
  }

  /** Everything up to {@code through} is read, what follows is pushed. */
  void goLive(long through) {
    cursor = through;
    waiting = false;
    if (!live) {
      live = true;
      edge.liveStreams++;
    }
  }

  /** Everything up to {@code written} was handed to the kernel; the stream reads from there. */
  void goCatchingUp(long written) {
    cursor = written;
    waiting = false;
    if (live) {
      live = false;
      edge.liveStreams--;
    }
  }

  /** Nothing more to read now; the next message wakes the stream. */
  void goWaiting(long through) {
    cursor = through;
    waiting = true;
  }

  boolean isWaiting() {
    return waiting;
  }
}
