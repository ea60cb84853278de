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
 * fate.
 */
final class NaiveLog {

  enum Fate {
    KEPT,
    READ_BY_ALL,
    TOO_OLD,
    OVERFLOWED,
    FORGOTTEN
  }

  /** The index forgets counts of a listener's dispatches beyond so many interrupted losses. */
  private static final int COUNTED_LOSSES = 8;

  private final RetentionOptions retention;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Long, Fate> fates = new HashMap<>();
  private long floor = 1;
  private boolean countsAreKnown = true;

  NaiveLog(RetentionOptions retention) {
    this.retention = retention;
  }

  void append(Entry entry) {
    entries.add(entry);
    fates.put(entry.sequence(), Fate.KEPT);
    while (inHistory().count() > retention.historyMessages()
        || inHistory().mapToLong(Entry::size).sum() > retention.historyBytes()) {
      raiseFloor();
    }
  }

  /** A log that is rebuilt knows what is gone, but not how many messages it was. */
  void reopened() {
    countsAreKnown = false;
  }

  void trim(Cursors cursors, long now) {
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

  void dropOldest() {
    kept().findFirst().ifPresent(e -> fates.put(e.sequence(), Fate.OVERFLOWED));
  }

  void dropOldestOf(String listener) {
    kept()
        .filter(e -> listener.equals(e.receiver()))
        .findFirst()
        .ifPresent(e -> fates.put(e.sequence(), Fate.OVERFLOWED));
  }

  void forget(String listener) {
    for (Entry entry : entries) {
      if (listener.equals(entry.receiver())) {
        fates.put(entry.sequence(), Fate.FORGOTTEN);
      }
    }
  }

  MessageLog.Usage usage(Predicate<Entry> which) {
    return new MessageLog.Usage(
        (int) kept().filter(which).count(), kept().filter(which).mapToLong(Entry::size).sum());
  }

  long lastSequence() {
    return entries.size();
  }

  long firstSequence() {
    return kept().mapToLong(Entry::sequence).findFirst().orElse(lastSequence() + 1);
  }

  boolean hasAfter(long after, String listener) {
    return !messages(after, Long.MAX_VALUE, listener).isEmpty();
  }

  boolean oldestIsUnreadBy(String listener, long cursor) {
    return kept().findFirst().filter(e -> e.isFor(listener) && e.sequence() > cursor).isPresent();
  }

  /** Whether a listener has lost anything that it could not have read in time. */
  boolean lostUnread(long cursor, String listener) {
    return messages(cursor, Long.MAX_VALUE, listener).stream()
        .map(e -> fates.get(e.sequence()))
        .anyMatch(fate -> fate == Fate.OVERFLOWED || fate == Fate.TOO_OLD);
  }

  /** Checks what a listener was given, all of it or a part that ends at {@code through}. */
  void check(long after, String listener, List<Entry> given, long through) {
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
