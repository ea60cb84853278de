package io.eric.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is lost is counted exactly, or not at all. */
class DroppedEntriesProperties {

  private static final int RUNS = 4;

  @Property
  void aCountIsNeverWrong(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 3) Integer> steps,
      @ForAll @IntRange(max = 40) int markAt) {
    DroppedEntries lost = new DroppedEntries(0, RUNS);
    List<Long> dropped = new ArrayList<>();
    long marked = -1;
    for (int step : steps) {
      long sequence = lost.through() + step;
      if (dropped.size() == markAt) {
        marked = lost.through() + step - 1;
        lost.mark(marked);
      }
      lost.add(sequence, false);
      dropped.add(sequence);
    }
    for (long asked = 0; asked <= lost.through() + 2; asked++) {
      long end = asked;
      long truth = dropped.stream().filter(sequence -> sequence <= end).count();
      if (asked == marked || asked >= firstOfLastRuns(dropped) || truth == 0) {
        assertThat(lost.upTo(asked)).isEqualTo(truth);
      } else {
        assertThat(lost.upTo(asked)).isEqualTo(DroppedEntries.UNKNOWN);
      }
    }
    assertThat(lost.count()).isEqualTo(dropped.size());
  }

  private static long firstOfLastRuns(List<Long> dropped) {
    List<Long> starts =
        dropped.stream().filter(sequence -> !Set.copyOf(dropped).contains(sequence - 1)).toList();
    return starts.isEmpty() ? 0 : starts.get(Math.max(0, starts.size() - RUNS));
  }

  @Example
  void oneRunIsCountedHoweverLongItIs() {
    DroppedEntries lost = new DroppedEntries(0, 1);
    for (long sequence = 1; sequence <= 100_000; sequence++) {
      lost.add(sequence, false);
    }
    assertThat(lost.upTo(77_777)).isEqualTo(77_777);
  }

  @Example
  void whatAnEarlierLifeLostIsUnknown() {
    DroppedEntries lost = new DroppedEntries(100, RUNS);
    assertThat(lost.through()).isEqualTo(100);
    assertThat(lost.upTo(99)).isEqualTo(DroppedEntries.UNKNOWN);
    assertThat(lost.upTo(100)).isZero();
    lost.add(103, true);
    assertThat(lost.upTo(99)).isEqualTo(DroppedEntries.UNKNOWN);
    assertThat(lost.upTo(102)).isZero();
    assertThat(lost.upTo(103)).isEqualTo(1);
  }

  @Example
  void theLastOverflowIsRemembered() {
    DroppedEntries lost = new DroppedEntries(0, RUNS);
    lost.add(1, true);
    lost.add(2, false);
    assertThat(lost.throughOverflow()).isEqualTo(1);
    assertThat(lost.through()).isEqualTo(2);
  }
}
