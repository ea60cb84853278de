package io.eric.channel.internal.readers;

import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.StreamState;
import io.eric.metrics.StateErrors;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A stream of an edge, as the owner of its channel knows it. Only the events of the first row
 * change its state.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>read</th><th>wait</th><th>live</th><th>wake</th><th>written</th>
 *     <th>end</th></tr>
 * <tr><td>READING</td><td>READING</td><td>WAITING</td><td>LIVE_UNSETTLED</td><td>–</td>
 *     <td>–</td><td>ENDING</td></tr>
 * <tr><td>WAITING</td><td>READING</td><td>error</td><td>error</td><td>READING</td><td>–</td>
 *     <td>ENDING</td></tr>
 * <tr><td>LIVE_UNSETTLED</td><td>READING</td><td>error</td><td>error</td><td>–</td><td>LIVE</td>
 *     <td>ENDING</td></tr>
 * <tr><td>LIVE</td><td>READING</td><td>error</td><td>error</td><td>–</td><td>–</td>
 *     <td>ENDING</td></tr>
 * <tr><td>ENDING</td><td>–, its cursor may move on</td><td>error</td><td>error</td><td>–</td>
 *     <td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>A dash is an event that changes nothing. {@code wake} and {@code written} may be told twice,
 * or cross with a read. Once a stream is ending, its edge answers how far the stream got, and all
 * else that the edge has said comes too late. One thing still counts: if the edge has said {@code
 * written} before it hears of the end, its acknowledgements count the stream in. {@code written} is
 * ignored in LIVE_UNSETTLED, too, if the edge has acknowledged more since, without the stream.
 *
 * <p>An error is an event that cannot be: it changes nothing, and is reported. When a read is
 * answered late, a later read may have begun, or the stream may be ending. Such an answer makes the
 * stream neither live nor waiting, so {@link #isLatest} is asked first.
 */
public final class StreamAttachment implements Attachment {

  final EdgeSession edge;
  final long stream;

  /** The number under which its edge first had it. */
  final long origin;

  final boolean wantsLive;
  final boolean raw;
  private StreamState state = StreamState.READING;
  private long cursor;
  private int reads;
  private int readsUnderWay;
  private final StateErrors errors;

  /** The number of the latest read, or lag, that its edge has told of; 0 before the first. */
  private int lastRead;

  private long start;

  private boolean wasLive;

  /** Whether the edge's acknowledgements count this stream in. */
  private boolean acknowledging;

  StreamAttachment(
      EdgeSession edge,
      long stream,
      long origin,
      boolean wantsLive,
      boolean raw,
      long cursor,
      StateErrors errors) {
    this.errors = errors;
    this.edge = edge;
    this.stream = stream;
    this.origin = origin;
    this.wantsLive = wantsLive;
    this.raw = raw;
    this.cursor = cursor;
    edge.tallies.changed(stream, null, state);
  }

  // ---- events

  /**
   * Begins a read from a position, up to which everything was handed to the kernel.
   *
   * @return the number of this read
   */
  int read(long from) {
    switch (state) {
      case READING, WAITING, LIVE_UNSETTLED, LIVE -> {
        become(StreamState.READING);
        cursor = from;
      }
      case ENDING -> cursor = Math.max(cursor, from);
    }
    setAcknowledging(false);
    return ++reads;
  }

  /**
   * Makes the stream wait, because there was nothing to read up to here. The next message wakes it.
   */
  void await(long through) {
    if (state == StreamState.READING) {
      become(StreamState.WAITING);
      cursor = through;
    } else {
      unfit("wait");
    }
  }

  /**
   * Makes the stream live: everything up to here is read, and what follows is pushed.
   *
   * <p>The cursor follows the edge's acknowledgements only once the edge has {@linkplain #written
   * taken the stream among its live ones}. Until then the acknowledgements do not count the stream
   * in.
   *
   * @param nothingRead whether there was nothing for the stream up to there, so that its cursor
   *     moves at once
   */
  void goLive(long through, boolean nothingRead) {
    if (state == StreamState.READING) {
      become(StreamState.LIVE_UNSETTLED);
      if (nothingRead) {
        cursor = through;
      }
    } else {
      unfit("live");
    }
  }

  /** Wakes the stream, because there is something for it. The caller tells its edge. */
  void wake() {
    if (state == StreamState.WAITING) {
      become(StreamState.READING);
    }
  }

  /**
   * Notes that the stream is live at its edge, and that what it had read before was handed to the
   * kernel. If the edge has acknowledged more than that since, the stream was no longer among its
   * live ones: then this message is out of date, and a later one about the stream was lost or is
   * still to come.
   */
  void written(long through) {
    if (edge.said() > through) {
      return;
    }
    if (state == StreamState.LIVE_UNSETTLED) {
      become(StreamState.LIVE);
      cursor = Math.max(cursor, through);
      setAcknowledging(true);
    } else if (state == StreamState.ENDING && wasLive) {
      setAcknowledging(true); // its edge says so before it hears of the end
    }
  }

  /**
   * Begins the end of the stream. Its cursor stays where it is, because the edge goes on
   * acknowledging for other streams, which says nothing about a stream that is closed there.
   */
  void end() {
    if (state != StreamState.ENDING) {
      wasLive = isLive();
      cursor = cursor();
      become(StreamState.ENDING);
    }
  }

  /** Takes the stream out of those that the edge acknowledges for, because it is detached. */
  void gone() {
    setAcknowledging(false);
  }

  private void setAcknowledging(boolean now) {
    if (acknowledging != now) {
      acknowledging = now;
      if (now) {
        edge.acknowledging.add(stream);
      } else {
        edge.acknowledging.remove(stream);
      }
    }
  }

  private void unfit(String event) {
    errors.report("stream " + stream + " of " + edge.address, state, event);
  }

  private void become(StreamState next) {
    if (next != state) {
      edge.tallies.changed(stream, state, next == StreamState.ENDING ? null : next);
      state = next;
    }
  }

  /** Notes that a batch is being read for the stream, until it is answered. */
  void reads(Future<?> answer) {
    if (!answer.isComplete()) {
      readsUnderWay++;
      answer.onComplete(done -> readsUnderWay--);
    }
  }

  // ---- what it is

  /**
   * Returns whether dispatches to its listener go to its edge. They do while a live stream ends,
   * too: until its edge hears of the end, the edge pushes to the stream, which must lack nothing.
   */
  boolean isPushedTo() {
    return isLive() || state == StreamState.ENDING && wasLive;
  }

  /**
   * Sets the position from which the stream was attached to read, which may be ahead of its cursor.
   */
  void startsFrom(long position) {
    start = position;
  }

  /** See {@link #startsFrom}. */
  long start() {
    return start;
  }

  /**
   * Returns whether this read is later than all that the edge has told of. If so, it is the latest
   * one from now on.
   */
  boolean isNews(int read) {
    if (read <= lastRead) {
      return false;
    }
    lastRead = read;
    return true;
  }

  /** Returns whether the edge has told of no later read. */
  boolean isOfLatest(int read) {
    return read == lastRead;
  }

  /** Returns whether a batch is being read for the stream. */
  boolean isBeingRead() {
    return readsUnderWay > 0;
  }

  public StreamState state() {
    return state;
  }

  /**
   * Returns whether the stream still reads and no later read has begun, so that the answer to this
   * one decides what the stream becomes.
   */
  boolean isLatest(int read) {
    return read == reads && state == StreamState.READING;
  }

  @Override
  public boolean isLive() {
    return state == StreamState.LIVE_UNSETTLED || state == StreamState.LIVE;
  }

  @Override
  public long cursor() {
    return state == StreamState.LIVE ? Math.max(cursor, edge.acknowledged()) : cursor;
  }

  @Override
  public @Nullable String node() {
    return Addresses.nodeOf(edge.address);
  }

  /**
   * Returns when a live stream last advanced, in milliseconds, as far as its edge has said; 0 for
   * one that is not live.
   */
  long lastProgress() {
    return isLive() ? edge.lastProgress() : 0;
  }
}
