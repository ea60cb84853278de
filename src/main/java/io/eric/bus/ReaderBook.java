package io.eric.bus;

import io.eric.bus.ChannelReader.State;
import io.eric.bus.FromChannel.Confirmed;
import io.eric.bus.FromChannel.Listed;
import io.eric.bus.FromChannel.StreamList;
import io.eric.bus.ToChannel.ListStreams;
import io.eric.bus.ToChannel.Statement;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The book that a reading side keeps of its streams of one channel, and compares with the channel's
 * owner from time to time, because whatever the two tell each other may be lost. On one loop.
 *
 * <p>It states its tallies. If the owner has the same, all streams are confirmed as of the moment
 * when the statement was sent. If not, and nothing has changed here meanwhile, the two exchange
 * lists: a stream that only this side has is attached anew, one that only the owner has is given
 * back, and one that they see in different states is brought to read on from its position, which is
 * right whatever has been lost. An answer that takes longer than half an interval says nothing.
 *
 * <p>Streams that have not been confirmed for two intervals attach anew. One whose channel does not
 * answer that either ends, so that its client comes back by itself.
 */
public final class ReaderBook {

  /** How often a statement is made where nothing else is set. */
  public static final long DEFAULT_INTERVAL_MS = 7_500;

  /** For streams that nobody else would open again. */
  public static final long NEVER_GIVES_UP = Long.MAX_VALUE;

  /** So many streams are listed in one answer; a row has about five bytes on its way. */
  private static final int LIST_SIZE = 4_096;

  /** So many reads are asked after in one statement; the others are in later ones. */
  private static final int MOST_READS = 1_024;

  /** While streams change, comparing tallies again is cheaper than comparing lists. */
  private static final int MOST_COMPARISONS = 3;

  private static final long UNKNOWN = -1;

  private final ChannelLink link;
  private final Loop loop;
  private final Meters meters;
  private final String channel;
  private final String edge;
  private final long interval;
  private final long givesUpAfter;
  private final Side side;

  private final StreamTallies tallies = new StreamTallies();

  /** Streams that wait for the answer to a read, the longest first. */
  private final Set<ChannelReader> reading = new LinkedHashSet<>();

  /** Streams that attach anew, the longest first. */
  private final Set<ChannelReader> reattaching = new LinkedHashSet<>();

  private final Map<ChannelReader, Long> givenUpAt = new HashMap<>();

  /** How often a stream has changed its state. */
  private long changes;

  /** How many streams the owner has to have. */
  private int attached;

  private long confirmedAt;
  private long nextAt;
  private long statedAt;
  private long reopenedAt;
  private @Nullable Round round;

  /** How often tallies are compared before lists are. */
  private int comparisons = 1;

  /** The streams that a book is of. */
  public interface Side {

    /** The latest session that it has heard of. */
    Session session();

    /** What was last acknowledged for the streams that are pushed to. */
    long acknowledged();

    /** All streams, whatever their state. */
    List<ChannelReader> readers();

    /** A stream by its number. */
    @Nullable ChannelReader reader(long number);

    /** The channel's owner has this session: streams of an earlier one are not known to it. */
    void isIn(Session session);

    /** Everything up to here was sent to this side: what has not come is lost. */
    void sent(long through);
  }

  /**
   * An empty book.
   *
   * @param edge the address under which the channel knows this side
   * @param intervalMs how often a statement is made
   * @param givesUpAfterMs how long a stream tries to attach anew
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
    this.link = link;
    this.loop = loop;
    this.meters = meters;
    this.channel = channel;
    this.edge = edge;
    this.interval = intervalMs * 1_000_000;
    this.givesUpAfter =
        givesUpAfterMs == NEVER_GIVES_UP ? NEVER_GIVES_UP : givesUpAfterMs * 1_000_000;
    this.side = side;
  }

  /** How often a statement is made. */
  long intervalMs() {
    return interval / 1_000_000;
  }

  // ---- what streams do

  /** Something came to a stream that cannot be in its state. */
  void unfit(ChannelReader stream, String event) {
    meters
        .stateErrors()
        .report(
            "stream " + stream.number() + " of " + edge + " on channel " + channel,
            stream.state(),
            event);
  }

  /** A stream has changed its state, or asks for another batch. */
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
      reattaching.remove(stream);
      givenUpAt.remove(stream);
      nextAt = Math.min(nextAt, loop.nanoTime());
    }
    if (now == State.READING) {
      stream.readingSince = loop.nanoTime();
      reading.add(stream);
    } else if (now == State.REATTACHING && reattaching.add(stream)) {
      givenUpAt.put(stream, givesUpAt());
    }
    if (attached == 1 && owed == null && owing != null && reattaching.isEmpty()) {
      confirmedAt = loop.nanoTime(); // the owner's answer to the first one is a moment old
      nextAt = confirmedAt + loop.random(1 + interval / 4);
    }
  }

  /** Spread over an interval, so that clients do not come back all at once. */
  private long givesUpAt() {
    return givesUpAfter == NEVER_GIVES_UP
        ? 0
        : loop.nanoTime() + givesUpAfter + loop.random(1 + interval);
  }

  /** As what the owner has a stream that does this; null if it need not have it. */
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
   * Whether the owner has confirmed, not long ago, that it has this stream: everything that was
   * sent before then is written or is being read.
   */
  public boolean confirms(ChannelReader stream) {
    return stateOf(stream.state()) != null && loop.nanoTime() - confirmedAt < 2 * interval;
  }

  /** How many streams are not confirmed. */
  public int unconfirmed() {
    boolean recently = loop.nanoTime() - confirmedAt < 2 * interval;
    return reattaching.size() + (recently ? 0 : attached);
  }

  /** Whether there are streams, and none has been confirmed for two intervals. */
  public boolean isUnconfirmed() {
    return attached + reattaching.size() > 0 && loop.nanoTime() - confirmedAt >= 2 * interval;
  }

  // ---- time

  /** Does what is due. To be called several times in an interval. */
  public void tick() {
    long now = loop.nanoTime();
    Round waiting = round;
    if (waiting != null && now - waiting.askedAt > interval / 2) {
      meters.count(Counter.STATEMENTS_UNANSWERED);
      round = null;
    }
    if (round == null && attached > 0 && now - nextAt >= 0) {
      state();
    }
    boolean silent = round == null && attached > 0 && now - confirmedAt >= 2 * interval;
    if (silent && now - statedAt > interval / 2 && now - reopenedAt > interval) {
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
    if (givesUpAfter == NEVER_GIVES_UP || reattaching.isEmpty()) {
      return;
    }
    List<ChannelReader> late = new ArrayList<>();
    for (ChannelReader stream : reattaching) {
      if (now - givenUpAt.getOrDefault(stream, now) > 0) {
        late.add(stream);
      }
    }
    for (ChannelReader stream : late) {
      meters.count(Counter.STREAMS_GIVEN_UP);
      stream.giveUp();
    }
  }

  // ---- statements

  private void state() {
    long now = loop.nanoTime();
    statedAt = now;
    nextAt = now + interval;
    Round asked = new Round(now, changes, tallies.snapshot());
    round = asked;
    meters.count(Counter.STATEMENTS);
    ask(
        asked,
        new Statement(
            edge, side.session(), intervalMs(), side.acknowledged(), asked.tallies, longReads(now)),
        this::confirmed);
  }

  private List<Long> longReads(long now) {
    List<Long> numbers = new ArrayList<>();
    for (ChannelReader stream : reading) {
      if (now - stream.readingSince < interval / 2 || numbers.size() == MOST_READS) {
        break;
      }
      numbers.add(stream.number());
    }
    return numbers;
  }

  /** What has come before the answer is looked at before it. */
  private <T> void ask(Round asked, ToChannel question, Consumer<T> answered) {
    Future<T> answer = link.ask(channel, question);
    answer.onComplete(came -> loop.later(() -> answered(asked, came, answered)));
  }

  private <T> void answered(Round asked, AsyncResult<T> came, Consumer<T> answered) {
    if (round != asked) {
      return; // too late, which is counted
    }
    if (came.failed() || loop.nanoTime() - asked.askedAt > interval / 2) {
      meters.count(Counter.STATEMENTS_UNANSWERED);
      round = null;
    } else {
      answered.accept(came.result());
    }
  }

  private void confirmed(Confirmed answer) {
    Round asked = round;
    if (asked == null || answer.session().term() < side.session().term()) {
      round = null; // a former owner
      return;
    }
    for (long number : answer.lost()) {
      ChannelReader stream = side.reader(number);
      if (stream != null && stream.changedAt <= asked.changes) {
        repaired();
        stream.readAgain();
      }
    }
    if (answer.session().isOpen()) {
      side.isIn(answer.session());
      side.sent(answer.sent());
    }
    if (answer.streams().equals(asked.tallies)) {
      confirmedAt = Math.max(confirmedAt, asked.statedAt);
      comparisons = 1;
      round = null;
    } else if (changes != asked.changes && comparisons < MOST_COMPARISONS) {
      round = null;
      comparisons++;
      nextAt = loop.nanoTime(); // at the next tick: what is on its way comes first
    } else {
      comparisons = 1;
      int streams = Math.max(answer.streams().count(), asked.tallies.count());
      list(asked.listing(loop.nanoTime(), changes, 0, 1 + streams / LIST_SIZE));
    }
  }

  private void list(Round next) {
    round = next;
    ask(next, new ListStreams(edge, next.part, next.parts), this::listed);
  }

  private void listed(StreamList answer) {
    Round asked = round;
    if (asked == null || answer.session().term() < side.session().term()) {
      round = null; // it has another owner since
      return;
    }
    Map<Long, StreamState> theirs = new HashMap<>();
    for (Listed each : answer.streams()) {
      theirs.put(each.stream(), each.state());
      if (side.reader(each.stream()) == null && each.state() != StreamState.ENDING) {
        repaired();
        link.tell(channel, new ToChannel.Detach(edge, each.stream(), UNKNOWN));
      }
    }
    for (ChannelReader stream : side.readers()) {
      if (stream.number() % asked.parts == asked.part && stream.changedAt <= asked.changes) {
        if (stream.repair(theirs.get(stream.number()))) {
          repaired();
        }
      }
    }
    if (asked.part + 1 < asked.parts) {
      list(asked.listing(loop.nanoTime(), changes, asked.part + 1, asked.parts));
    } else {
      confirmedAt = Math.max(confirmedAt, asked.statedAt);
      round = null;
    }
  }

  private void repaired() {
    meters.count(Counter.STREAM_REPAIRS);
  }

  /** A question to the owner. */
  private static final class Round {

    /** When the statement was made that it belongs to. */
    private final long statedAt;

    private final long askedAt;

    /** How often streams had changed when it was asked. */
    private final long changes;

    /** What they were when the statement was made. */
    private final StreamTallies.Snapshot tallies;

    private final int part;
    private final int parts;

    private Round(long now, long changes, StreamTallies.Snapshot tallies) {
      this(now, now, changes, tallies, 0, 0);
    }

    private Round(
        long statedAt,
        long askedAt,
        long changes,
        StreamTallies.Snapshot tallies,
        int part,
        int parts) {
      this.statedAt = statedAt;
      this.askedAt = askedAt;
      this.changes = changes;
      this.tallies = tallies;
      this.part = part;
      this.parts = parts;
    }

    private Round listing(long now, long changesNow, int nextPart, int allParts) {
      return new Round(statedAt, now, changesNow, tallies, nextPart, allParts);
    }
  }
}
