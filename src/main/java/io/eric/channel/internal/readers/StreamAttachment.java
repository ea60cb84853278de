package io.eric.channel.internal.readers;

import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.StreamState;
import io.eric.metrics.StateErrors;
import io.vertx.core.Future;
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
 * or cross with a read. When a stream ends, its edge says how far it got; what it says otherwise
 * comes too late. Only that it is live there, which the edge may say before it hears of the end,
 * still makes its acknowledgements count the stream in. {@code written} is a dash in
 * LIVE_UNSETTLED, too, if the edge has acknowledged more since, without the stream.
 *
 * <p>An error is an event that cannot be: it changes nothing, and is reported. A read that is
 * answered late finds a later one begun, or the stream at its end: then its answer makes the stream
 * neither live nor waiting, so {@link #isLatest} is asked before.
 */
public final class StreamAttachment implements Attachment {

  final EdgeSession edge;
  final long stream;

  /** The number under which its edge had it first. */
  final long origin;

  final boolean wantsLive;
  final boolean raw;
  private StreamState state = StreamState.READING;
  private long cursor;
  private int reads;
  private int readsUnderWay;
  private final StateErrors errors;

  /** The latest read that its edge has told of; 0 before the first. */
  private int lastRead;

  private long start;

  private boolean wasLive;

  /** Whether its edge acknowledges for it with others. */
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
   * It reads on from a position, up to which everything was handed to the kernel.
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

  /** There was nothing to read up to here; the next message wakes it. */
  void await(long through) {
    if (state == StreamState.READING) {
      become(StreamState.WAITING);
      cursor = through;
    } else {
      unfit("wait");
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
    if (state == StreamState.READING) {
      become(StreamState.LIVE_UNSETTLED);
      if (nothingRead) {
        cursor = through;
      }
    } else {
      unfit("live");
    }
  }

  /** There is something for it, which its edge is told. */
  void wake() {
    if (state == StreamState.WAITING) {
      become(StreamState.READING);
    }
  }

  /**
   * The stream is live at its edge, and what it had read before was handed to the kernel. An edge
   * that has acknowledged more than that since had it no more among its live ones: then this has
   * been overtaken, and what the edge said later about the stream was lost or comes yet.
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
   * It is being taken away. Its cursor stays: its edge goes on to acknowledge for others, which
   * says nothing of this stream once it is closed there.
   */
  void end() {
    if (state != StreamState.ENDING) {
      wasLive = isLive();
      cursor = cursor();
      become(StreamState.ENDING);
    }
  }

  /** It has left its edge's books. */
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

  /** A batch is being read for it. */
  void reads(Future<?> answer) {
    if (!answer.isComplete()) {
      readsUnderWay++;
      answer.onComplete(done -> readsUnderWay--);
    }
  }

  // ---- what it is

  /**
   * Whether messages for it alone go to its edge. They do while it ends, too: until the edge hears
   * that, what it pushes to the stream with others must lack nothing.
   */
  boolean isPushedTo() {
    return isLive() || state == StreamState.ENDING && wasLive;
  }

  /** Where it was attached to read from, which may be ahead of its cursor. */
  void startsFrom(long position) {
    start = position;
  }

  /** See {@link #startsFrom}. */
  long start() {
    return start;
  }

  /** Whether this is later than all that its edge has said before; then it counts from now on. */
  boolean isNews(int read) {
    if (read <= lastRead) {
      return false;
    }
    lastRead = read;
    return true;
  }

  /** Whether its edge has said nothing later. */
  boolean isOfLatest(int read) {
    return read == lastRead;
  }

  /** Whether a batch is being read for it. */
  boolean isBeingRead() {
    return readsUnderWay > 0;
  }

  public StreamState state() {
    return state;
  }

  /** Whether no later read has begun, so that the answer to this one says what it becomes. */
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

  /** When it last got anywhere, in milliseconds, as far as the edge knows. */
  long lastProgress() {
    return isLive() ? edge.lastProgress() : 0;
  }
}
