package io.eric.channel;

import io.eric.bus.Post;
import org.jspecify.annotations.Nullable;

/**
 * A stream of an edge, as the channel that it carries knows it. Its state changes by the methods of
 * the first row alone.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>read</th><th>wait</th><th>live</th><th>wake</th><th>written</th>
 *     <th>end</th></tr>
 * <tr><td>READING</td><td>READING</td><td>WAITING</td><td>LIVE_UNSETTLED</td><td>–</td>
 *     <td>–</td><td>ENDING</td></tr>
 * <tr><td>WAITING</td><td>READING</td><td>–</td><td>–</td><td>READING</td><td>–</td>
 *     <td>ENDING</td></tr>
 * <tr><td>LIVE_UNSETTLED</td><td>READING</td><td>–</td><td>–</td><td>–</td><td>LIVE</td>
 *     <td>ENDING</td></tr>
 * <tr><td>LIVE</td><td>READING</td><td>–</td><td>–</td><td>–</td><td>–</td><td>ENDING</td></tr>
 * <tr><td>ENDING</td><td>–, its cursor may move on</td><td>–</td><td>–</td><td>–</td><td>–</td>
 *     <td>–</td></tr>
 * </table>
 *
 * <p>A dash is an event that changes nothing. A read that is answered late finds a later one begun:
 * then its answer makes the stream neither live nor waiting, which {@link #isLatest} tells. {@code
 * wake} and {@code written} may be told twice, or cross with a read. When a stream ends, its edge
 * says how far it got; what it says otherwise comes too late.
 */
final class StreamAttachment implements Attachment {

  /** What the channel and the stream's edge have agreed on. */
  enum State {
    /** It reads, or is busy with what it has read. */
    READING,
    /** It has read everything; the next message wakes it. */
    WAITING,
    /** It is pushed to, and what it read before is not handed to the kernel yet. */
    LIVE_UNSETTLED,
    /** It is pushed to, and follows its edge's acknowledgements. */
    LIVE,
    /** It is being taken away: nothing is pushed to it, and it reads nothing. */
    ENDING
  }

  final EdgeSession edge;
  final long stream;
  final boolean wantsLive;
  final boolean raw;
  private State state = State.READING;
  private long cursor;
  private int reads;

  StreamAttachment(EdgeSession edge, long stream, boolean wantsLive, boolean raw, long cursor) {
    this.edge = edge;
    this.stream = stream;
    this.wantsLive = wantsLive;
    this.raw = raw;
    this.cursor = cursor;
  }

  // ---- events

  /**
   * It reads on from a position, up to which everything was handed to the kernel.
   *
   * @return the number of this read
   */
  int read(long from) {
    switch (state) {
      case READING, WAITING, LIVE_UNSETTLED, LIVE -> {
        become(State.READING);
        cursor = from;
      }
      case ENDING -> cursor = Math.max(cursor, from);
    }
    return ++reads;
  }

  /** There was nothing to read up to here; the next message wakes it. */
  void await(long through) {
    if (state == State.READING) {
      become(State.WAITING);
      cursor = through;
    }
  }

  /**
   * Everything up to here is read, what follows is pushed.
   *
   * <p>The cursor follows the edge's acknowledgements only when the edge has {@linkplain #written
   * taken the stream among its live ones}: before, it acknowledges without this stream.
   *
   * @param nothingRead whether there was nothing for the stream up to there
   */
  void goLive(long through, boolean nothingRead) {
    if (state == State.READING) {
      become(State.LIVE_UNSETTLED);
      if (nothingRead) {
        cursor = through;
      }
    }
  }

  /** There is something for it, which its edge is told. */
  void wake() {
    if (state == State.WAITING) {
      become(State.READING);
    }
  }

  /** The stream is live at its edge, and what it had read before was handed to the kernel. */
  void written(long through) {
    if (state == State.LIVE_UNSETTLED) {
      become(State.LIVE);
      cursor = Math.max(cursor, through);
    }
  }

  /**
   * It is being taken away. Its cursor stays: its edge goes on to acknowledge for others, which
   * says nothing of this stream once it is closed there.
   */
  void end() {
    if (state != State.ENDING) {
      cursor = cursor();
      become(State.ENDING);
    }
  }

  private void become(State next) {
    boolean wasLive = isLive();
    state = next;
    if (isLive() != wasLive) {
      edge.liveStreams += wasLive ? -1 : 1;
    }
  }

  // ---- what it is

  State state() {
    return state;
  }

  /** Whether no later read has begun, so that the answer to this one says what it becomes. */
  boolean isLatest(int read) {
    return read == reads && state == State.READING;
  }

  @Override
  public boolean isLive() {
    return state == State.LIVE_UNSETTLED || state == State.LIVE;
  }

  @Override
  public long cursor() {
    return state == State.LIVE ? Math.max(cursor, edge.acknowledged()) : cursor;
  }

  @Override
  public @Nullable String node() {
    return Post.nodeOf(edge.address);
  }

  /** When it last got anywhere, in milliseconds, as far as the edge knows. */
  long lastProgress() {
    return isLive() ? edge.lastProgress() : 0;
  }
}
