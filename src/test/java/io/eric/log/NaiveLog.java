package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.eric.options.RetentionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a log must do, in the plainest form: a list of all entries there ever were, each with its
 * fate. A test of a store that takes random steps takes the same steps here, and then compares the
 * answers and lets {@link #check} judge what was read. For one thread at a time.
 */
public final class NaiveLog {

  private enum Fate {
    KEPT,
    READ_BY_ALL,
    TOO_OLD,
    OVERFLOWED,
    FORGOTTEN
  }

  /** The index forgets counts of a listener's dispatches beyond this many interrupted losses. */
  private static final int COUNTED_LOSSES = 8;

  private final RetentionOptions retention;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Long, Fate> fates = new HashMap<>();
  private long floor = 1;
  private boolean countsAreKnown = true;

  /**
   * Creates the model of a new log.
   *
   * @param retention what the log keeps
   */
  public NaiveLog(RetentionOptions retention) {
    this.retention = retention;
  }

  /**
   * Appends an entry.
   *
   * @param entry the entry, whose sequence follows the last one
   */
  public void append(Entry entry) {
    entries.add(entry);
    fates.put(entry.sequence(), Fate.KEPT);
    while (inHistory().count() > retention.historyMessages()
        || inHistory().mapToLong(Entry::size).sum() > retention.historyBytes()) {
      raiseFloor();
    }
  }

  /**
   * Notes that the log was closed and opened again: a log that is rebuilt knows what is gone, but
   * not how many messages it was.
   */
  public void reopened() {
    countsAreKnown = false;
  }

  /**
   * Drops what retention no longer keeps.
   *
   * @param cursors how far listeners have read
   * @param now milliseconds since 1970
   */
  public void trim(Cursors cursors, long now) {
    if (retention.messageTtlMs() > 0) {
      doom(e -> now - e.timestamp() > retention.messageTtlMs(), Fate.TOO_OLD);
    }
    while (inHistory().findFirst().stream()
        .anyMatch(e -> now - e.timestamp() > retention.historyAgeMs())) {
      raiseFloor();
    }
    doom(
        e ->
            e.sequence() < floor
                && e.sequence()
                    <= (e.receiver() == null ? cursors.lowest() : cursors.of(e.receiver())),
        Fate.READ_BY_ALL);
  }

  /** Drops the oldest entry as overflow. */
  public void dropOldest() {
    kept().findFirst().ifPresent(e -> fates.put(e.sequence(), Fate.OVERFLOWED));
  }

  /**
   * Drops the oldest dispatch to a listener as overflow.
   *
   * @param listener the listener
   */
  public void dropOldestOf(String listener) {
    kept()
        .filter(e -> listener.equals(e.receiver()))
        .findFirst()
        .ifPresent(e -> fates.put(e.sequence(), Fate.OVERFLOWED));
  }

  /**
   * Drops everything that was dispatched to a listener.
   *
   * @param listener the listener
   */
  public void forget(String listener) {
    for (Entry entry : entries) {
      if (listener.equals(entry.receiver())) {
        fates.put(entry.sequence(), Fate.FORGOTTEN);
      }
    }
  }

  /**
   * Counts what is kept.
   *
   * @param which the entries to count
   * @return their number and size
   */
  public MessageLog.Usage usage(Predicate<Entry> which) {
    return new MessageLog.Usage(
        (int) kept().filter(which).count(), kept().filter(which).mapToLong(Entry::size).sum());
  }

  /**
   * Names the newest entry.
   *
   * @return its sequence, 0 if there never was one
   */
  public long lastSequence() {
    return entries.size();
  }

  /**
   * Names the oldest entry that is kept.
   *
   * @return its sequence, or {@link #lastSequence()} + 1 if nothing is kept
   */
  public long firstSequence() {
    return kept().mapToLong(Entry::sequence).findFirst().orElse(lastSequence() + 1);
  }

  /**
   * Says whether anything for a listener, a message or a gap, follows.
   *
   * @param after its cursor
   * @param listener the listener; null for a reader of broadcasts only
   * @return whether something does
   */
  public boolean hasAfter(long after, String listener) {
    return !messages(after, Long.MAX_VALUE, listener).isEmpty();
  }

  /**
   * Says whether the oldest entry is for a listener and unread.
   *
   * @param listener the listener
   * @param cursor how far it has read
   * @return false also if nothing is kept
   */
  public boolean oldestIsUnreadBy(String listener, long cursor) {
    return kept().findFirst().filter(e -> e.isFor(listener) && e.sequence() > cursor).isPresent();
  }

  /**
   * Says whether a listener has lost anything that it could not have read in time.
   *
   * @param cursor how far it has read
   * @param listener the listener
   * @return whether a message was dropped for the limit or for its age
   */
  public boolean lostUnread(long cursor, String listener) {
    return messages(cursor, Long.MAX_VALUE, listener).stream()
        .map(e -> fates.get(e.sequence()))
        .anyMatch(fate -> fate == Fate.OVERFLOWED || fate == Fate.TOO_OLD);
  }

  /**
   * Checks what a listener was given: every message for it is there once and in order, or a gap
   * covers it.
   *
   * @param after its cursor before the read
   * @param listener the listener; null for a reader of broadcasts only
   * @param given what the log gave
   * @param through the sequence up to which the read looked
   * @throws AssertionError if something is missing, out of place or wrongly counted
   */
  public void check(long after, String listener, List<Entry> given, long through) {
    long position = after;
    for (Entry entry : given) {
      if (entry.type().equals(Message.GAP)) {
        checkGap(position, listener, entry);
      } else {
        assertThat(messages(position, entry.sequence(), listener)).containsExactly(entry);
        assertThat(fates.get(entry.sequence())).isEqualTo(Fate.KEPT);
      }
      position = entry.sequence();
    }
    assertThat(through).isGreaterThanOrEqualTo(position);
    assertThat(messages(position, through, listener)).as("passed over").isEmpty();
  }

  private void checkGap(long after, String listener, Entry entry) {
    String[] gap = entry.payload().toString().split("[{}:,\"]+");
    // "", from, position, to, position, missed, number, reason, name
    assertThat(gap[2]).endsWith("-" + (after + 1));
    assertThat(gap[4]).endsWith("-" + entry.sequence());
    List<Entry> covered = messages(after, entry.sequence(), listener);
    List<Fate> fates = covered.stream().map(e -> this.fates.get(e.sequence())).toList();
    assertThat(fates).doesNotContain(Fate.KEPT);
    if (!gap[6].equals("null") || countable(listener)) {
      assertThat(gap[6]).isEqualTo(String.valueOf(covered.size())).isNotEqualTo("0");
    }
    if (fates.contains(Fate.OVERFLOWED)) {
      assertThat(gap[8]).isEqualTo("overflow");
    }
    if (!messages(after, Long.MAX_VALUE, listener).stream()
        .map(e -> this.fates.get(e.sequence()))
        .toList()
        .contains(Fate.OVERFLOWED)) {
      assertThat(gap[8]).isEqualTo("expired");
    }
  }

  private boolean countable(String listener) {
    return countsAreKnown
        && entries.stream()
                .filter(e -> Objects.equals(listener, e.receiver()))
                .filter(e -> fates.get(e.sequence()) != Fate.KEPT)
                .count()
            <= COUNTED_LOSSES;
  }

  /** What there was for a listener, kept or lost, after one sequence and up to another. */
  private List<Entry> messages(long after, long through, String listener) {
    return entries.stream()
        .filter(e -> e.sequence() > after && e.sequence() <= through && e.isFor(listener))
        .filter(e -> fates.get(e.sequence()) != Fate.FORGOTTEN)
        .toList();
  }

  private Stream<Entry> kept() {
    return entries.stream().filter(e -> fates.get(e.sequence()) == Fate.KEPT);
  }

  private Stream<Entry> inHistory() {
    return kept().filter(e -> e.sequence() >= floor);
  }

  private void raiseFloor() {
    floor = inHistory().findFirst().orElseThrow().sequence() + 1;
  }

  private void doom(Predicate<Entry> which, Fate fate) {
    kept().filter(which).toList().forEach(e -> fates.put(e.sequence(), fate));
  }
}
