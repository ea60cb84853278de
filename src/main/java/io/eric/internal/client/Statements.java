package io.eric.internal.client;

import io.eric.internal.Loop;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.Listed;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the book that a reading side keeps of its streams with the channel's owner regularly,
 * because everything that the two tell each other may be lost. On one loop only.
 *
 * <p>A statement has the tallies of the book. If the owner has the same, all streams are confirmed
 * as of the moment when the statement was sent. If it has others and nothing has changed here
 * meanwhile, the two exchange lists. A stream that only this side has is attached anew, and one
 * that only the owner has is detached. A stream that the two see in different states reads on from
 * its position, which is right whatever was lost. An answer that takes longer than half an interval
 * is ignored.
 */
final class Statements {

  /** About how many streams are listed in one answer; each takes about five bytes. */
  private static final int LIST_SIZE = 4_096;

  /**
   * How often tallies are compared before lists are. While streams change, another comparison of
   * tallies is cheaper than a list.
   */
  private static final int MOST_COMPARISONS = 3;

  private static final long UNKNOWN = -1;

  private final ChannelLink link;
  private final Loop loop;
  private final Meters meters;
  private final String channel;
  private final String edge;
  private final ReaderBook book;
  private final ReaderBook.Side side;

  /** The time from one statement to the next, in nanoseconds. */
  private final long interval;

  private long nextAt;
  private long statedAt;
  private @Nullable Round round;

  /** The number of the present comparison of tallies, from 1 on. */
  private int comparisons = 1;

  Statements(
      ChannelLink link, Loop loop, Meters meters, String channel, String edge, ReaderBook book) {
    this.link = link;
    this.loop = loop;
    this.meters = meters;
    this.channel = channel;
    this.edge = edge;
    this.book = book;
    this.side = book.side();
    this.interval = book.interval();
  }

  /** Makes the first statement after this many nanoseconds. */
  void startAfter(long nanoseconds) {
    nextAt = loop.nanoTime() + nanoseconds;
  }

  /** Makes the next statement at the next tick. */
  void soon() {
    nextAt = Math.min(nextAt, loop.nanoTime());
  }

  /**
   * Gives up a question that has waited for too long, and makes a statement if it is time.
   *
   * @param wanted whether there are streams to make a statement about
   */
  void tick(boolean wanted) {
    long now = loop.nanoTime();
    Round waiting = round;
    if (waiting != null && now - waiting.askedAt > interval / 2) {
      meters.count(CounterName.STATEMENTS_UNANSWERED);
      round = null;
    }
    if (round == null && wanted && now - nextAt >= 0) {
      state(now);
    }
  }

  /**
   * Returns whether the last statement has had the time to be answered, and no answer is pending.
   */
  boolean areUnanswered() {
    return round == null && loop.nanoTime() - statedAt > interval / 2;
  }

  private void state(long now) {
    statedAt = now;
    nextAt = now + interval;
    Round asked = new Round(now, book.changes(), book.tallies());
    round = asked;
    meters.count(CounterName.STATEMENTS);
    ask(
        asked,
        new Statement(
            edge,
            side.session(),
            book.intervalMs(),
            side.acknowledged(),
            asked.tallies,
            book.longReads()),
        this::confirmed);
  }

  /**
   * Asks the owner. The answer is processed in a later turn, after everything that has arrived
   * before it.
   */
  private <T> void ask(Round asked, ChannelRequest question, Consumer<T> answered) {
    Future<T> answer = link.ask(channel, question);
    answer.onComplete(came -> loop.later(() -> answered(asked, came, answered)));
  }

  private <T> void answered(Round asked, AsyncResult<T> came, Consumer<T> answered) {
    if (round != asked) {
      return; // the answer is too late, which has been counted
    }
    if (came.failed() || loop.nanoTime() - asked.askedAt > interval / 2) {
      meters.count(CounterName.STATEMENTS_UNANSWERED);
      round = null;
    } else {
      answered.accept(came.result());
    }
  }

  private void confirmed(Confirmed answer) {
    Round asked = round;
    if (asked == null || answer.session().term() < side.session().term()) {
      round = null; // the answer is a former owner's
      return;
    }
    for (long number : answer.lost()) {
      ChannelReader stream = side.reader(number);
      if (stream != null && stream.changedAt <= asked.changes) {
        book.repaired();
        stream.readAgain();
      }
    }
    if (answer.session().isOpen()) {
      side.isIn(answer.session());
      side.sent(answer.sent());
    }
    if (answer.streams().equals(asked.tallies)) {
      book.confirmedAsOf(asked.statedAt, asked.statedChanges);
      comparisons = 1;
      round = null;
    } else if (book.changes() != asked.changes && comparisons < MOST_COMPARISONS) {
      round = null;
      comparisons++;
      // at the next tick, so that news that are on their way arrive before
      nextAt = loop.nanoTime();
    } else {
      comparisons = 1;
      int streams = Math.max(answer.streams().count(), asked.tallies.count());
      list(asked.listing(loop.nanoTime(), book.changes(), 0, 1 + streams / LIST_SIZE));
    }
  }

  private void list(Round next) {
    round = next;
    ask(next, new ListStreams(edge, next.part, next.parts), this::listed);
  }

  private void listed(StreamList answer) {
    Round asked = round;
    if (asked == null || answer.session().term() < side.session().term()) {
      round = null; // the channel has had another owner since
      return;
    }
    Map<Long, StreamState> theirs = new HashMap<>();
    for (Listed each : answer.streams()) {
      theirs.put(each.stream(), each.state());
      if (side.reader(each.stream()) == null && each.state() != StreamState.ENDING) {
        book.repaired();
        link.tell(channel, new ChannelRequest.Detach(edge, each.stream(), UNKNOWN));
      }
    }
    for (ChannelReader stream : side.readers()) {
      if (stream.number() % asked.parts == asked.part && stream.changedAt <= asked.changes) {
        if (stream.repair(theirs.get(stream.number()))) {
          book.repaired();
        }
      }
    }
    if (asked.part + 1 < asked.parts) {
      list(asked.listing(loop.nanoTime(), book.changes(), asked.part + 1, asked.parts));
    } else {
      book.confirmedAsOf(asked.statedAt, asked.statedChanges);
      round = null;
    }
  }

  /** A question to the owner. */
  private static final class Round {

    /**
     * When the statement that the question belongs to was made. The field below is the number of
     * changes at that moment.
     */
    private final long statedAt;

    private final long statedChanges;
    private final long askedAt;

    /** The number of changes when the question was asked. */
    private final long changes;

    /** The tallies when the statement was made. */
    private final StreamTallies.Snapshot tallies;

    private final int part;
    private final int parts;

    private Round(long now, long changes, StreamTallies.Snapshot tallies) {
      this.statedAt = now;
      this.statedChanges = changes;
      this.askedAt = now;
      this.changes = changes;
      this.tallies = tallies;
      this.part = 0;
      this.parts = 0;
    }

    private Round(Round former, long now, long changes, int part, int parts) {
      this.statedAt = former.statedAt;
      this.statedChanges = former.statedChanges;
      this.askedAt = now;
      this.changes = changes;
      this.tallies = former.tallies;
      this.part = part;
      this.parts = parts;
    }

    private Round listing(long now, long changesNow, int nextPart, int allParts) {
      return new Round(this, now, changesNow, nextPart, allParts);
    }
  }
}
