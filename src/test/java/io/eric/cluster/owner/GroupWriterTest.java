package io.eric.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import io.eric.log.Entry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupWriterTest {

  private static final int ENTRY_BYTES = 1_000;
  private static final int LARGEST = 10_000;

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final HeldLog log = new HeldLog();
  private final AtomicInteger over = new AtomicInteger();
  private final GroupWriter writer =
      new GroupWriter(
          log, tasks::add, new EntryLimits(ENTRY_BYTES, 2, LARGEST), over::incrementAndGet);

  private Future<Verdict> propose(String channel, int bytes) {
    Promise<Verdict> verdict = Promise.promise();
    Entry entry = new Entry(1, 1, null, "t", Payload.of("x".repeat(bytes)), null, null);
    writer.propose(new Section(channel, 7, List.of(new Change.Append(List.of(entry)))), verdict);
    return verdict.future();
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void whatIsPendingWhenAnEntryIsMadeGoesTogether() {
    Future<Verdict> first = propose("a", 10);
    Future<Verdict> second = propose("b", 10);
    run();
    assertThat(log.channels()).containsExactly(List.of("a", "b"));
    log.answer(0, Verdict.APPLIED, Verdict.STALE);
    assertThat(first.result()).isEqualTo(Verdict.APPLIED);
    assertThat(second.result()).isEqualTo(Verdict.STALE);
    assertThat(over).hasValue(0);
  }

  @Test
  void whatIsProposedWhenTheNodeHasLeftFailsAndEndsTheClaim() {
    GroupWriter late =
        new GroupWriter(
            log,
            task -> {
              throw new RejectedExecutionException("it has ended");
            },
            new EntryLimits(ENTRY_BYTES, 2, LARGEST),
            over::incrementAndGet);
    Promise<Verdict> verdict = Promise.promise();
    late.propose(new Section("a", 7, List.of(new Change.Delete())), verdict);
    assertThat(verdict.future().cause()).isInstanceOf(UnavailableException.class);
    assertThat(over).hasValue(1);
  }

  @Test
  void whileAsManyEntriesAsAllowedAreUnderWayTheNextOneGrows() {
    for (String channel : List.of("a", "b", "c", "d")) {
      propose(channel, ENTRY_BYTES);
      run();
    }
    assertThat(log.channels()).containsExactly(List.of("a"), List.of("b"));
    log.answer(0, Verdict.APPLIED);
    run();
    assertThat(log.channels()).last().isEqualTo(List.of("c"));
  }

  @Test
  void whatIsLittleWaitsForTheEntryThatIsUnderWay() {
    for (String channel : List.of("a", "b", "c")) {
      propose(channel, 10);
      run();
    }
    assertThat(log.channels()).containsExactly(List.of("a"));
    propose("d", ENTRY_BYTES); // now an entry of its own is worth it
    run();
    assertThat(log.channels()).containsExactly(List.of("a"), List.of("b", "c"));
    log.answer(0, Verdict.APPLIED);
    run();
    assertThat(log.channels()).last().isEqualTo(List.of("d"));
  }

  @Test
  void anEntryIsNoLargerThanAllowedUnlessOneSectionIs() {
    propose("large", 3 * ENTRY_BYTES);
    propose("a", ENTRY_BYTES * 2 / 3);
    propose("b", ENTRY_BYTES * 2 / 3);
    run();
    assertThat(log.channels()).containsExactly(List.of("large"), List.of("a"));
    log.answer(0, Verdict.APPLIED);
    log.answer(1, Verdict.APPLIED);
    run();
    assertThat(log.channels()).last().isEqualTo(List.of("b"));
  }

  @Test
  void anUnknownOutcomeEndsTheClaimForAll() {
    Future<Verdict> inFirst = propose("a", 10);
    run();
    Future<Verdict> inSecond = propose("b", ENTRY_BYTES);
    run();
    Future<Verdict> waiting = propose("c", 10);
    log.fail(0);
    assertThat(over).hasValue(1);
    log.answer(1, Verdict.APPLIED); // it took effect all the same, and its publisher may know it
    Future<Verdict> late = propose("d", 10);
    run();
    assertThat(inFirst.cause()).isInstanceOf(UnavailableException.class);
    assertThat(inSecond.result()).isEqualTo(Verdict.APPLIED);
    assertThat(waiting.cause()).isInstanceOf(UnavailableException.class);
    assertThat(late.cause()).isInstanceOf(UnavailableException.class);
    assertThat(log.entries).hasSize(2);
    assertThat(over).hasValue(1);
  }

  @Test
  void aLogThatThrowsEndsTheClaimToo() {
    log.broken = true;
    Future<Verdict> proposed = propose("a", 10);
    run();
    assertThat(proposed.cause()).isInstanceOf(UnavailableException.class);
    assertThat(over).hasValue(1);
  }

  @Test
  void aWriterThatIsClosedTellsOnce() {
    Future<Verdict> waiting = propose("a", 10);
    writer.close(new IllegalStateException("another leader"));
    writer.close(new IllegalStateException("again"));
    run();
    // Clients are not told what an engine says of its nodes.
    assertThat(waiting.cause()).hasMessageEndingWith("the outcome is unknown");
    assertThat(over).hasValue(1);
    assertThat(log.entries).isEmpty();
  }

  /** A log that answers when the test says so. */
  private static final class HeldLog implements GroupLog {

    private final List<Batch> entries = new ArrayList<>();
    private final List<CompletableFuture<List<Verdict>>> answers = new ArrayList<>();
    private boolean broken;

    @Override
    public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      entries.add((Batch) entry.entry());
      answers.add(new CompletableFuture<>());
      return answers.get(answers.size() - 1);
    }

    private List<List<String>> channels() {
      return entries.stream()
          .map(entry -> entry.sections().stream().map(Section::channel).toList())
          .toList();
    }

    private void answer(int entry, Verdict... verdicts) {
      List<Verdict> all = new ArrayList<>();
      Collections.addAll(all, verdicts);
      answers.get(entry).complete(all);
    }

    private void fail(int entry) {
      answers.get(entry).completeExceptionally(new IllegalStateException("not the leader"));
    }
  }
}
