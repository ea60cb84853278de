package io.eric.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.log.Cursors;
import io.eric.log.MessageLog;
import io.eric.options.RetentionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What an index costs, and what it knows of a past that it has not seen. */
class LogIndexTest {

  private static final RetentionOptions NO_HISTORY =
      new RetentionOptions(0, 0, 0, 1000, 1 << 20, 0);

  private final List<Long> dropped = new ArrayList<>();

  private LogIndex<Long> index(long base) {
    return new LogIndex<>(
        "e", base, NO_HISTORY, (sequence, content, overflow) -> dropped.add(content));
  }

  private static void append(LogIndex<Long> index, String receiver) {
    long sequence = index.lastSequence() + 1;
    index.append(sequence, 0, receiver, 1, sequence * 10);
  }

  /** Cursors that count how often they are asked. */
  private static final class AskedCursors implements Cursors {
    private final long all;
    private int asked;

    AskedCursors(long all) {
      this.all = all;
    }

    @Override
    public long of(String listener) {
      asked++;
      return all;
    }

    @Override
    public long lowest() {
      return all;
    }
  }

  @Test
  void aTrimDoesNotAskForEveryListenerThatLags() {
    LogIndex<Long> index = index(0);
    for (int i = 0; i < 10_000; i++) {
      append(index, "listener" + i);
    }
    AskedCursors lagging = new AskedCursors(0);
    index.trim(lagging, 0);
    assertThat(lagging.asked).isLessThanOrEqualTo(16);
    assertThat(index.usage().messages()).isEqualTo(10_000);
  }

  @Test
  void oneTrimDropsAllThatIsReadAskingOncePerListener() {
    LogIndex<Long> index = index(0);
    for (int i = 0; i < 5_000; i++) {
      append(index, "listener" + i % 1_000);
    }
    AskedCursors done = new AskedCursors(5_000);
    index.trim(done, 0);
    assertThat(done.asked).isEqualTo(1_000);
    assertThat(index.usage()).isEqualTo(MessageLog.Usage.NONE);
    index.trim(done, 0);
    assertThat(done.asked).isEqualTo(1_000);
  }

  @Test
  void theStoreIsToldOfEveryEntryThatLeavesOnce() {
    LogIndex<Long> index = index(0);
    append(index, null);
    append(index, "ann");
    append(index, "bob");
    append(index, "ann");
    append(index, null);
    index.dropOldestOf("bob");
    index.dropOldest();
    index.forget("ann");
    index.trim(new AskedCursors(9), 0);
    assertThat(dropped).containsExactly(30L, 10L, 20L, 40L, 50L);
  }

  @Test
  void aReadTouchesOnlyWhatItGives() {
    LogIndex<Long> index = index(0);
    for (int i = 0; i < 1_000; i++) {
      append(index, "listener" + i % 10);
    }
    Selection<Long> found = index.read(0, "listener3", 2, Long.MAX_VALUE);
    assertThat(found.contents()).containsExactly(40L, 140L);
    assertThat(found.through()).isEqualTo(14);
  }

  @Test
  void whoReadsFromBeforeTheBaseGetsAGapOfUnknownSize() {
    LogIndex<Long> index = index(100);
    assertThat(index.hasAfter(99, "ann")).isTrue();
    assertThat(index.hasAfter(100, "ann")).isFalse();
    append(index, null);
    Selection<Long> found = index.read(40, "ann", 10, Long.MAX_VALUE);
    assertThat(found.merge(List.of()).get(0).payload())
        .hasToString("{\"from\":\"e-41\",\"to\":\"e-100\",\"missed\":null,\"reason\":\"expired\"}");
    assertThat(found.contents()).containsExactly(1010L);
    assertThat(index.read(100, "ann", 10, Long.MAX_VALUE).size()).isEqualTo(1);
  }

  @Test
  void sequencesMaySkip() {
    LogIndex<Long> index = index(0);
    index.append(5, 0, null, 1, 50L);
    index.append(1_000_000_000_000L, 0, null, 1, 60L);
    index.append(2_000_000_000_000L, 0, null, 1, 70L);
    index.dropOldest();
    index.dropOldest();
    Selection<Long> found = index.read(0, "ann", 10, Long.MAX_VALUE);
    assertThat(found.merge(List.of()).get(0).payload().toString()).contains("\"missed\":2,");
    assertThat(found.contents()).containsExactly(70L);
  }

  @Test
  void aListenerThatHasReadKnowsHowManyDispatchesItMissedSince() {
    LogIndex<Long> index = annAndBobInTurn(NO_HISTORY);
    index.read(5, "ann", 1, 1);
    dropThrough60(index);
    assertThatAnnMissed27After5(index);
  }

  @Test
  void aListenerThatHasCommittedKnowsHowManyDispatchesItMissedSince() {
    LogIndex<Long> index = annAndBobInTurn(NO_HISTORY);
    index.noteCursor("ann", 5);
    dropThrough60(index);
    assertThatAnnMissed27After5(index);
  }

  @Test
  void aListenerThatATrimAskedForKnowsHowManyDispatchesItMissedSince() {
    LogIndex<Long> index = annAndBobInTurn(NO_HISTORY);
    index.trim(new AskedCursors(5), 0);
    dropThrough60(index);
    assertThatAnnMissed27After5(index);
  }

  @Test
  void aListenerWhoseMessagesExpiredKnowsHowManyItMissed() {
    LogIndex<Long> index =
        annAndBobInTurn(new RetentionOptions(1000, 1 << 20, 1000, 1000, 1 << 20, 939));
    index.trim(new AskedCursors(5), 1000);
    assertThat(index.firstSequence()).isEqualTo(61);
    assertThatAnnMissed27After5(index);
  }

  /** Ann's dispatches are the odd ones, so that nothing but a note tells how many there were. */
  private LogIndex<Long> annAndBobInTurn(RetentionOptions retention) {
    LogIndex<Long> index = new LogIndex<>("e", 0, retention, (sequence, content, overflow) -> {});
    for (long sequence = 1; sequence <= 100; sequence++) {
      index.append(sequence, sequence, sequence % 2 == 1 ? "ann" : "bob", 1, sequence);
    }
    return index;
  }

  private static void dropThrough60(LogIndex<Long> index) {
    while (index.firstSequence() <= 60) {
      index.dropOldest();
    }
  }

  private static void assertThatAnnMissed27After5(LogIndex<Long> index) {
    assertThat(index.read(5, "ann", 1, 1).merge(List.of()).get(0).payload().toString())
        .startsWith("{\"from\":\"e-6\",\"to\":\"e-59\",\"missed\":27,");
  }

  @Test
  void aLaneGivesBackTheMemoryOfWhatHasLeftIt() {
    RetainedEntries<Long> cells = new RetainedEntries<>();
    ReaderLane<Long> lane = new ReaderLane<>("ann", new DroppedEntries(0, 1), cells);
    LongStream.rangeClosed(1, 10_000).forEach(n -> lane.add(cells.add(n, 0, 1, lane, n), 1));
    assertThat(lane.capacity()).isBetween(10_000, 20_000);
    for (int i = 0; i < 9_990; i++) {
      int cell = lane.first();
      lane.dropFirst(false);
      cells.remove(cell);
    }
    assertThat(lane.capacity()).isLessThanOrEqualTo(64);
    assertThat(LongStream.range(0, 10).map(i -> cells.sequence(lane.get((int) i))))
        .containsExactly(9991L, 9992L, 9993L, 9994L, 9995L, 9996L, 9997L, 9998L, 9999L, 10000L);
    assertThat(lane.get(10)).isEqualTo(RetainedEntries.NONE);
  }
}
