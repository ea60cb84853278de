package io.eric.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** {@link RetainedEntries} beside a plain list that does the same. */
class RetainedEntriesProperties {

  private record Model(int cell, long sequence) {}

  /** How often an entry joins, leaves at the front, leaves anywhere, and the floor rises. */
  @Property(tries = 300)
  void theyAreAListWithAFloor(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 10) int adds,
      @ForAll @IntRange(max = 10) int firsts,
      @ForAll @IntRange(max = 4) int anywhere,
      @ForAll @IntRange(max = 8) int rises) {
    Random random = new Random(seed);
    RetainedEntries<String> cells = new RetainedEntries<>();
    ReaderLane<String> lane = new ReaderLane<>(null, new DroppedEntries(0, 1), cells);
    List<Model> model = new ArrayList<>();
    long floor = 0;
    long next = 0;
    for (int step = 0; step < 1_000; step++) {
      int what = random.nextInt(adds + firsts + anywhere + rises);
      if (what < adds) {
        model.add(new Model(cells.add(next, next + 1, (int) next + 2, lane, "e" + next), next));
        next++;
      } else if (what < adds + firsts + anywhere) {
        if (!model.isEmpty()) {
          boolean first = what < adds + firsts;
          cells.remove(model.remove(first ? 0 : random.nextInt(model.size())).cell);
        }
      } else {
        int at = cells.floor();
        cells.raiseFloor();
        floor = at == RetainedEntries.NONE ? floor : cells.sequence(at) + 1;
      }
      assertThat(cells.first())
          .isEqualTo(model.isEmpty() ? RetainedEntries.NONE : model.get(0).cell);
      assertThat(cells.floor()).isEqualTo(firstFrom(model, floor));
    }
    List<Model> seen = new ArrayList<>();
    cells.forEach(cell -> seen.add(new Model(cell, cells.sequence(cell))));
    assertThat(seen).isEqualTo(model);
    for (Model entry : model) {
      assertThat(cells.timestamp(entry.cell)).isEqualTo(entry.sequence + 1);
      assertThat(cells.size(entry.cell)).isEqualTo((int) entry.sequence + 2);
      assertThat(cells.lane(entry.cell)).isSameAs(lane);
      assertThat(cells.content(entry.cell)).isEqualTo("e" + entry.sequence);
    }
  }

  private static int firstFrom(List<Model> model, long sequence) {
    return model.stream()
        .filter(entry -> entry.sequence >= sequence)
        .findFirst()
        .map(Model::cell)
        .orElse(RetainedEntries.NONE);
  }
}
