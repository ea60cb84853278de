package io.eric.cluster.raft;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The entries that leaders have sent to a replica of one group and that it has not answered yet.
 * What comes beside them is given to Ratis only when Ratis can tell the two apart.
 *
 * <p>A replica of Ratis takes further requests while entries are on their way to the disk, and
 * remembers these by the index of each request's first entry alone ({@code NavigableIndices} of
 * 3.2.2). As long as one leader sends everything over one connection, in order, that is enough.
 * When a connection or the leader has changed, it is not:
 *
 * <ul>
 *   <li>Two requests that come at the same time may be put in the wrong order, because that is done
 *       in several steps. Then an append fails, and so does each later one until the process ends.
 *   <li>A request that begins at the same index as one under way is taken for that one. Once that
 *       one is written, all entries of the other are acknowledged, whatever they are.
 *   <li>A heartbeat that follows entries under way commits what the log has in their place, which
 *       may be entries of a former leader that are about to be removed.
 * </ul>
 *
 * <p>Therefore requests are handled one at a time. Entries wait for entries under way that are not
 * all before them, elections and snapshots wait for all of them, and a heartbeat waits until
 * entries that replace others are in the log. None of this happens while a leader sends in order.
 *
 * <p>For any thread but an event loop, because it blocks: mostly one of gRPC, of which there is one
 * for each connection, and a group's own when this node stands for election.
 */
final class EntriesUnderWay {

  /** How long a request may wait, in milliseconds; a leader waits as long for its answer. */
  static final long PATIENCE_MS = 3_000;

  private static final long LOOK_MS = 1;

  /**
   * How long entries count as under way at most whose connection has ended here before they were
   * answered, in milliseconds. They may have been refused, which nobody is told any more; or they
   * wait for a disk that stalls, which is why it is long.
   */
  private static final long FORGOTTEN_MS = 60_000;

  /**
   * How long such entries count as under way after they were seen to be written. Of entries that
   * replace others this cannot be seen: until those are removed, what is written reaches beyond.
   */
  private static final long WRITTEN_MS = 1_000;

  private final Log log;
  private final LongSupplier clock;
  private final Lock alone = new ReentrantLock();
  private final Queue<Taken> underWay = new ConcurrentLinkedQueue<>();

  /** What has begun the snapshot that is received, null before the first; guarded by alone. */
  private @Nullable Connection sender;

  /** What the replica's log has, written or not. */
  interface Log {

    /** Returns the index of the next entry. */
    long next();

    /** Returns whether the log has an entry of this term at this index. */
    boolean has(long term, long index);

    /** Returns the index of the last entry that is written, and forced if the settings say so. */
    long written();
  }

  /** What requests come over. */
  interface Connection {

    /** Returns whether it was ended here, so that nobody is told any answer. */
    boolean isOver();
  }

  /**
   * A request with entries.
   *
   * @param connection what it came over
   * @param call its number there
   * @param first the index of its first entry
   * @param last the index of its last entry
   * @param term the term of its last entry
   */
  record Append(Connection connection, long call, long first, long last, long term) {}

  /** A request that the replica handles. */
  private static final class Taken {
    private final Append append;
    private final boolean replaces;

    /** Since when nobody will hear its answer; 0 while somebody does. */
    private volatile long endedAt;

    /** When it was seen to be written; 0 while it is not. Guarded by alone. */
    private long writtenAt;

    private Taken(Append append, boolean replaces) {
      this.append = append;
      this.replaces = replaces;
    }
  }

  EntriesUnderWay(Log log, LongSupplier clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * Handles a request with entries, which are under way until it is answered.
   *
   * @return false if others were under way for too long, and nothing was done
   */
  boolean append(Append append, Runnable handling) {
    return when(
        () -> areAllBefore(append.first),
        () -> {
          Taken taken = new Taken(append, append.first < log.next());
          underWay.add(taken);
          // Only now, because the end of a connection concerns what is under way at that moment.
          if (append.connection.isOver()) {
            underWay.remove(taken);
            return;
          }
          try {
            handling.run();
          } catch (RuntimeException | Error e) {
            underWay.remove(taken);
            throw e;
          }
        });
  }

  /** Handles a heartbeat; returns what {@link #append} does. */
  boolean heartbeat(Runnable handling) {
    return when(() -> underWay.stream().noneMatch(this::isAboutToReplace), handling);
  }

  /**
   * Handles what must not come before the answer to any entries: a part of a snapshot, which
   * replaces the log, or what an election begins with.
   *
   * <ul>
   *   <li>A vote is granted for what the log has. If entries were acknowledged after a vote that
   *       did not count them, their leader would commit what the next leader does not have.
   *   <li>A replica that stands because it was told to would be overtaken by entries on their way
   *       to its disk: they would replace the first entry of its own leadership.
   * </ul>
   *
   * @return what {@link #append} does
   */
  boolean afterAll(Runnable handling) {
    return when(underWay::isEmpty, handling);
  }

  /**
   * Handles a part of a snapshot that may only follow on another one of the same connection. If a
   * replica of Ratis gets a part that does not follow on the last one, it believes from then on
   * that it is busy, and never stands for election.
   *
   * @param number the part's number, from 0
   * @return false also if the part does not belong to the snapshot that is received
   */
  boolean snapshot(Connection connection, long number, Runnable handling) {
    boolean[] follows = new boolean[1];
    boolean handled =
        afterAll(
            () -> {
              if (number == 0) {
                sender = connection;
              }
              follows[0] = sender == connection && !connection.isOver();
              if (follows[0]) {
                handling.run();
              }
            });
    return handled && follows[0];
  }

  private boolean areAllBefore(long first) {
    return underWay.stream().noneMatch(each -> first <= each.append.last);
  }

  private boolean isAboutToReplace(Taken taken) {
    return taken.replaces && !log.has(taken.append.term, taken.append.last);
  }

  private boolean when(BooleanSupplier ready, Runnable handling) {
    long deadline = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    while (!handled(ready, handling)) {
      if (clock.getAsLong() - deadline > 0) {
        return false;
      }
      try {
        // Answers do not signal, because their threads have locks of Ratis and of gRPC.
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private boolean handled(BooleanSupplier ready, Runnable handling) {
    alone.lock();
    try {
      underWay.removeIf(this::isForgotten);
      boolean now = ready.getAsBoolean();
      if (now) {
        handling.run();
      }
      return now;
    } finally {
      alone.unlock();
    }
  }

  private boolean isForgotten(Taken taken) {
    Append append = taken.append;
    if (taken.endedAt == 0) {
      return false;
    }
    long now = clock.getAsLong();
    if (taken.replaces || !log.has(append.term, append.last) || log.written() < append.last) {
      taken.writtenAt = 0;
    } else if (taken.writtenAt == 0) {
      taken.writtenAt = now | 1; // 0 means that it is not
    }
    return now - taken.endedAt > TimeUnit.MILLISECONDS.toNanos(FORGOTTEN_MS)
        || taken.writtenAt != 0
            && now - taken.writtenAt > TimeUnit.MILLISECONDS.toNanos(WRITTEN_MS);
  }

  /** Returns whether everything up to an index is on the disk. */
  boolean isWritten(long index) {
    return log.written() >= index;
  }

  /** A request was answered. */
  void answered(Connection connection, long call) {
    underWay.removeIf(each -> each.append.connection == connection && each.append.call == call);
  }

  /** Everything of a connection was handled to its end. */
  void finished(Connection connection) {
    underWay.removeIf(each -> each.append.connection == connection);
  }

  /**
   * A connection was given up here, and says that it is over: what it brought and is not answered
   * yet will not be.
   */
  void ended(Connection connection) {
    long now = clock.getAsLong() | 1; // 0 means that it has not ended
    underWay.stream()
        .filter(each -> each.append.connection == connection)
        .forEach(each -> each.endedAt = now);
  }

  /** Returns what is under way, for logs. */
  @Override
  public String toString() {
    return underWay.stream()
        .map(
            each ->
                each.append.first
                    + " to "
                    + each.append.last
                    + " of term "
                    + each.append.term
                    + (each.endedAt == 0 ? "" : ", which nobody waits for"))
        .collect(Collectors.joining("; ", "entries under way: ", ""));
  }

  /** Returns whether something of a connection is to be answered yet. */
  boolean isUnderWay(Connection connection) {
    return underWay.stream()
        .anyMatch(each -> each.append.connection == connection && each.endedAt == 0);
  }
}
