package io.eric.internal.client;

import io.eric.internal.Loop;
import io.eric.internal.client.ChannelReader.State;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The book that a reading side keeps of its streams of one channel: what each stream does, and when
 * the channel's owner has last confirmed the streams, see {@link Statements}. On one loop only.
 *
 * <p>Streams that have not been confirmed for two intervals attach anew. If the channel does not
 * answer that either, a stream ends, so that its client comes back by itself.
 */
public final class ReaderBook {

  /** For streams that would not be opened again by their clients. */
  public static final long NEVER_GIVES_UP = Long.MAX_VALUE;

  /** How many reads are checked in one statement at most; the others follow in later ones. */
  private static final int MOST_READS = 1_024;

  private final Loop loop;
  private final Meters meters;
  private final String channel;
  private final String edge;
  private final long interval;
  private final long givesUpAfter;
  private final Side side;

  private final StreamTallies tallies = new StreamTallies();

  /** Streams that wait for the answer to a read, in the order of waiting. */
  private final Set<ChannelReader> reading = new LinkedHashSet<>();

  /** Streams that attach anew, or have done so and have not been confirmed since, in that order. */
  private final Set<ChannelReader> doubtful = new LinkedHashSet<>();

  /** How often a stream has changed its state. */
  private long changes;

  /** How many streams the owner should have. */
  private int attached;

  private final Statements statements;

  private long confirmedAt;

  /** Since when there are streams, in nanoseconds of the loop. */
  private long begunAt;

  private long reopenedAt;

  /** The streams that a book is about. */
  public interface Side {

    /** Returns the latest session that was announced to this side. */
    Session session();

    /** Returns the sequence that was last acknowledged for the streams that are pushed to. */
    long acknowledged();

    /** Returns all streams, whatever their state. */
    List<ChannelReader> readers();

    /** Returns a stream by its number; null if there is none. */
    @Nullable ChannelReader reader(long number);

    /**
     * Notes that the channel's owner has this session, in which streams of an earlier one are
     * unknown.
     */
    void isIn(Session session);

    /** Notes that the owner has proved itself, and has the streams that are here. */
    void confirmed();

    /**
     * Notes that everything up to this sequence was sent to this side: what has not arrived is
     * lost.
     */
    void sent(long through);
  }

  /**
   * Creates an empty book.
   *
   * @param edge the address under which the channel knows this side
   * @param intervalMs the interval of statements, in milliseconds
   * @param givesUpAfterMs how long a stream tries to attach anew, in milliseconds, or {@link
   *     #NEVER_GIVES_UP}
   */
  public ReaderBook(
      ChannelLink link,
      Loop loop,
      Meters meters,
      String channel,
      String edge,
      long intervalMs,
      long givesUpAfterMs,
      Side side) {
    this.loop = loop;
    this.meters = meters;
    this.channel = channel;
    this.edge = edge;
    this.interval = intervalMs * 1_000_000;
    this.givesUpAfter =
        givesUpAfterMs == NEVER_GIVES_UP ? NEVER_GIVES_UP : givesUpAfterMs * 1_000_000;
    this.side = side;
    this.confirmedAt = loop.nanoTime() - 2 * interval;
    this.begunAt = confirmedAt;
    this.statements = new Statements(link, loop, meters, channel, edge, this);
  }

  /** Returns the interval of statements, in milliseconds. */
  long intervalMs() {
    return interval / 1_000_000;
  }

  // ---- what streams do

  /** Reports an event that cannot occur in a stream's state. */
  void unfit(ChannelReader stream, String event) {
    meters
        .stateErrors()
        .report(
            "stream " + stream.number() + " of " + edge + " on channel " + channel,
            stream.state(),
            event);
  }

  /** Notes that a stream has changed its state, or asks for another batch. */
  void changed(ChannelReader stream, State before, State now) {
    stream.changedAt = ++changes;
    StreamState owed = stateOf(before);
    StreamState owing = stateOf(now);
    if (owed != owing) {
      tallies.changed(stream.number(), owed, owing);
      attached += (owing == null ? 0 : 1) - (owed == null ? 0 : 1);
    }
    if (before == State.READING) {
      reading.remove(stream);
    } else if (before == State.REATTACHING && now != State.REATTACHING) {
      statements.soon();
    }
    if (now == State.READING) {
      stream.readingSince = loop.nanoTime();
      reading.add(stream);
    } else if (now == State.REATTACHING && doubtful.add(stream)) {
      stream.givenUpAt = givesUpAt();
    } else if (now == State.OVER) {
      doubtful.remove(stream);
    }
    if (owed == null && owing != null) {
      stream.attachedAt = changes;
      if (attached == 1 && doubtful.isEmpty()) {
        begunAt = loop.nanoTime();
        statements.startAfter(loop.random(1 + interval / 4));
      }
    }
  }

  /**
   * Returns when a stream that attaches anew now is given up. The moments are spread over an
   * interval, so that clients do not come back all at once.
   */
  private long givesUpAt() {
    return givesUpAfter == NEVER_GIVES_UP
        ? 0
        : loop.nanoTime() + givesUpAfter + loop.random(1 + interval);
  }

  /**
   * Returns the state in which the owner should have a stream of this state; null if it need not
   * have it.
   */
  static @Nullable StreamState stateOf(State state) {
    return switch (state) {
      case READING, PAUSED, DRAINING -> StreamState.READING;
      case WAITING -> StreamState.WAITING;
      case LIVE_UNSETTLED -> StreamState.LIVE_UNSETTLED;
      case LIVE -> StreamState.LIVE;
      case OPENING, REATTACHING, OVER -> null;
    };
  }

  /**
   * Returns whether the owner has confirmed, within the last two intervals, that it has this
   * stream, or that it had the edge's other streams when this one was opened. Everything that was
   * sent before is then written or being read.
   */
  public boolean confirms(ChannelReader stream) {
    return stateOf(stream.state()) != null
        && loop.nanoTime() - confirmedAt < 2 * interval
        && !doubtful.contains(stream);
  }

  /**
   * Returns how many streams have attached anew and not been confirmed since; after two intervals
   * without a confirmation, how many streams there are.
   */
  public int unconfirmed() {
    if (unconfirmedFor() < 2 * interval) {
      return doubtful.size();
    }
    int all = attached;
    for (ChannelReader stream : doubtful) {
      all += stateOf(stream.state()) == null ? 1 : 0;
    }
    return all;
  }

  /**
   * Returns whether there are streams and the owner has confirmed them within the last two
   * intervals.
   */
  public boolean isConfirmed() {
    return attached > 0 && loop.nanoTime() - confirmedAt < 2 * interval;
  }

  /** Returns for how many milliseconds the streams have not been confirmed; 0 if there are none. */
  public long unconfirmedForMs() {
    return attached + doubtful.size() == 0 ? 0 : unconfirmedFor() / 1_000_000;
  }

  private long unconfirmedFor() {
    return loop.nanoTime() - Math.max(confirmedAt, begunAt);
  }

  // ---- time

  /** Does what is due. To be called several times in an interval. */
  public void tick() {
    long now = loop.nanoTime();
    statements.tick(attached > 0);
    boolean silent = attached > 0 && unconfirmedFor() >= 2 * interval;
    if (silent && statements.areUnanswered() && now - reopenedAt > interval) {
      reopenedAt = now;
      reopenAll();
    }
    giveUp(now);
  }

  private void reopenAll() {
    for (ChannelReader stream : side.readers()) {
      if (stateOf(stream.state()) != null) {
        repaired();
        stream.moved();
      }
    }
  }

  private void giveUp(long now) {
    if (givesUpAfter == NEVER_GIVES_UP || doubtful.isEmpty()) {
      return;
    }
    List<ChannelReader> late = new ArrayList<>();
    for (ChannelReader stream : doubtful) {
      // A stream that is attached has only to be confirmed, for which it gets two more intervals.
      long more = stateOf(stream.state()) == null ? 0 : 2 * interval;
      if (now - stream.givenUpAt > more) {
        late.add(stream);
      }
    }
    for (ChannelReader stream : late) {
      meters.count(CounterName.STREAMS_GIVEN_UP);
      stream.giveUp();
    }
  }

  /**
   * Returns how long a stream takes at most to be confirmed anew or given up, unless its channel
   * gets another owner meanwhile, in nanoseconds: two intervals without a confirmation, the time
   * for attaching anew, an interval over which ends are spread, and two for being confirmed.
   */
  public long longestDoubt() {
    return givesUpAfter == NEVER_GIVES_UP ? NEVER_GIVES_UP : givesUpAfter + 5 * interval;
  }

  /** Makes a statement at the next tick, because the owner has found that the two sides differ. */
  public void stateSoon() {
    statements.soon();
  }

  /**
   * Gives streams that attach anew more time, because the channel has another owner, which has not
   * been asked yet.
   */
  public void hasNewOwner() {
    for (ChannelReader stream : doubtful) {
      stream.givenUpAt = givesUpAt();
    }
  }

  // ---- what statements are made of, and what comes of them

  Side side() {
    return side;
  }

  long interval() {
    return interval;
  }

  long changes() {
    return changes;
  }

  StreamTallies.Snapshot tallies() {
    return tallies.snapshot();
  }

  /**
   * Returns the numbers of streams that have waited for the answer to a read for half an interval
   * or longer, the longest first.
   */
  List<Long> longReads() {
    long now = loop.nanoTime();
    List<Long> numbers = new ArrayList<>();
    for (ChannelReader stream : reading) {
      if (now - stream.readingSince < interval / 2 || numbers.size() == MOST_READS) {
        break;
      }
      numbers.add(stream.number());
    }
    return numbers;
  }

  /**
   * Notes that the owner has proved itself and had all streams at a moment.
   *
   * @param moment in nanoseconds of the loop
   * @param change the last change of a stream that the owner had been told of
   */
  void confirmedAsOf(long moment, long change) {
    confirmedAt = Math.max(confirmedAt, moment);
    doubtful.removeIf(stream -> stateOf(stream.state()) != null && stream.attachedAt <= change);
    side.confirmed();
  }

  /** Returns a digest of the streams that are live and have handed on what they read before. */
  public long live() {
    return tallies.digest(StreamState.LIVE);
  }

  void repaired() {
    meters.count(CounterName.STREAM_REPAIRS);
  }
}
