package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.RetentionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever is done to a log, it answers as {@link NaiveLog} does: every message for a listener is
 * read once and in order, or a gap covers it; and what a listener has not read goes only by
 * overflow or by its time to live.
 */
class MessageLogProperties {

  private static final List<String> LISTENERS = List.of("ann", "bob", "eve");

  /** One step; what the number means depends on it. */
  record Step(Action action, int listener, int number) {
    String name() {
      return LISTENERS.get(listener);
    }
  }

  enum Action {
    BROADCAST,
    DISPATCH,
    ADVANCE,
    COMMIT,
    TRIM,
    TRIM_WITH_AN_OLD_LOWEST,
    WAIT,
    DROP_OLDEST,
    DROP_OLDEST_OF,
    FORGET,
    READ
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.of(Action.BROADCAST, Action.DISPATCH)),
            Tuple.of(4, Arbitraries.of(Action.ADVANCE, Action.TRIM)),
            Tuple.of(2, Arbitraries.of(Action.DROP_OLDEST, Action.DROP_OLDEST_OF)),
            Tuple.of(2, Arbitraries.of(Action.READ, Action.COMMIT, Action.WAIT)),
            Tuple.of(1, Arbitraries.of(Action.FORGET, Action.TRIM_WITH_AN_OLD_LOWEST)));
    return Combinators.combine(
            actions, Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 9))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  @Provide
  Arbitrary<RetentionOptions> retentions() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 8),
            Arbitraries.longs().between(0, 1200),
            Arbitraries.of(0L, 15L, 1000L),
            Arbitraries.integers().between(1, 20),
            Arbitraries.of(0L, 0L, 12L, 40L))
        .as(
            (messages, bytes, age, limit, ttl) ->
                new RetentionOptions(messages, bytes, age, limit, limit * 140L, ttl));
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void everyMessageIsReadInOrderOrCoveredByAGap(
      @ForAll("retentions") RetentionOptions retention, @ForAll("steps") List<Step> steps) {
    Run run = new Run(retention, MemoryStore.create().open("c", retention).result());
    for (Step step : steps) {
      run.take(step);
      run.compare();
    }
  }

  /** A log and what it must be like, under the same steps. */
  static final class Run implements Cursors {

    private final RetentionOptions retention;
    private final MessageLog log;
    private final NaiveLog model;
    private final Map<String, Long> cursors = new HashMap<>();
    private long lowest;
    private long now = 1000;

    Run(RetentionOptions retention, MessageLog log) {
      this.retention = retention;
      this.log = log;
      this.model = new NaiveLog(retention);
      LISTENERS.forEach(listener -> cursors.put(listener, 0L));
    }

    @Override
    public long of(String listener) {
      return cursors.getOrDefault(listener, Long.MAX_VALUE);
    }

    @Override
    public long lowest() {
      return lowest;
    }

    void take(Step step) {
      String listener = step.name();
      switch (step.action()) {
        case BROADCAST -> append(null, step.number());
        case DISPATCH -> append(listener, step.number());
        case ADVANCE ->
            cursors.merge(
                listener, (long) step.number(), (c, n) -> Math.min(c + n, log.lastSequence()));
        case COMMIT -> log.commit(Map.of(listener, cursors.get(listener))).await();
        case TRIM -> {
          lowest = cursors.values().stream().mapToLong(c -> c).min().orElseThrow();
          trim();
        }
        case TRIM_WITH_AN_OLD_LOWEST -> trim();
        case WAIT -> now += step.number();
        case DROP_OLDEST -> {
          log.dropOldest();
          model.dropOldest();
        }
        case DROP_OLDEST_OF -> {
          log.dropOldestOf(listener);
          model.dropOldestOf(listener);
        }
        case FORGET -> {
          log.forget(listener).await();
          model.forget(listener);
          cursors.put(listener, log.lastSequence());
        }
        case READ ->
            readInParts(step.number(), listener, 1 + step.number() % 4, step.number() * 90);
      }
    }

    void compare() {
      assertThat(log.lastSequence()).isEqualTo(model.lastSequence());
      assertThat(log.firstSequence()).isEqualTo(model.firstSequence());
      assertThat(log.usage()).isEqualTo(model.usage(e -> true));
      assertThat(log.isOverLimit())
          .isEqualTo(
              log.usage().messages() > retention.limitMessages()
                  || log.usage().bytes() > retention.limitBytes());
      for (String listener : LISTENERS) {
        assertThat(log.usageOf(listener))
            .isEqualTo(model.usage(e -> Objects.equals(e.receiver(), listener)));
        long cursor = cursors.get(listener);
        assertThat(log.oldestIsUnreadBy(listener, cursor))
            .isEqualTo(model.oldestIsUnreadBy(listener, cursor));
        List<Entry> given = readAll(cursor, listener);
        if (!model.lostUnread(cursor, listener)) {
          assertThat(given).noneMatch(e -> e.type().equals("_eric_gap"));
        }
      }
      for (long after = 0; after <= log.lastSequence() + 1; after++) {
        long sequence = after;
        assertThat(log.usageAfter(after)).isEqualTo(model.usage(e -> e.sequence() > sequence));
      }
      for (long after = 0; after <= log.lastSequence() + 1; after += 3) {
        readAll(after, "ann");
        readAll(after, null);
      }
    }

    private List<Entry> readAll(long after, String listener) {
      assertThat(log.hasAfter(after, listener)).isEqualTo(model.hasAfter(after, listener));
      Slice slice = log.read(after, listener, Integer.MAX_VALUE, Integer.MAX_VALUE).await();
      model.check(after, listener, slice.entries(), slice.through());
      assertThat(slice.atEnd()).isTrue();
      assertThat(slice.through()).isEqualTo(Math.max(after, log.lastSequence()));
      return slice.entries();
    }

    private void readInParts(long after, String listener, int maxMessages, int maxBytes) {
      long cursor = after;
      Slice slice;
      do {
        slice = log.read(cursor, listener, maxMessages, maxBytes).await();
        List<Entry> given = slice.entries();
        assertThat(given).hasSizeLessThanOrEqualTo(maxMessages);
        assertThat(given.stream().limit(Math.max(0, given.size() - 1)).mapToInt(Entry::size).sum())
            .isLessThanOrEqualTo(maxBytes);
        model.check(cursor, listener, given, slice.through());
        assertThat(slice.atEnd()).isEqualTo(!model.hasAfter(slice.through(), listener));
        assertThat(slice.atEnd() || slice.through() > cursor).as("gets on").isTrue();
        cursor = slice.through();
      } while (!slice.atEnd());
    }

    private void append(String receiver, int number) {
      List<Entry> batch = new ArrayList<>();
      for (int i = 0; i <= number % 3; i++) {
        long sequence = log.lastSequence() + 1 + i;
        Payload payload = Payload.of("x".repeat(number));
        batch.add(new Entry(sequence, now, receiver, "t", payload, null, null));
      }
      log.append(batch).await();
      batch.forEach(model::append);
    }

    private void trim() {
      log.trim(this, now);
      model.trim(this, now);
    }
  }
}
