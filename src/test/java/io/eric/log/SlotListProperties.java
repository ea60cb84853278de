package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A {@link SlotList} beside a plain list that does the same. */
class SlotListProperties {

  private final Lane<Long> lane = new Lane<>(null, new Lost(0, 1));

  /** How often an entry joins, leaves at the front, leaves anywhere, and the floor rises. */
  @Property(tries = 300)
  void itIsAListWithAFloor(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 10) int adds,
      @ForAll @IntRange(max = 10) int firsts,
      @ForAll @IntRange(max = 4) int anywhere,
      @ForAll @IntRange(max = 8) int rises) {
    Random random = new Random(seed);
    SlotList<Long> list = new SlotList<>();
    List<Slot<Long>> model = new ArrayList<>();
    long floor = 0;
    long next = 0;
    for (int step = 0; step < 1_000; step++) {
      int what = random.nextInt(adds + firsts + anywhere + rises);
      if (what < adds) {
        Slot<Long> slot = new Slot<>(next, 0, 1, lane, next);
        next++;
        list.add(slot);
        model.add(slot);
      } else if (what < adds + firsts + anywhere) {
        if (!model.isEmpty()) {
          boolean first = what < adds + firsts;
          list.remove(model.remove(first ? 0 : random.nextInt(model.size())));
        }
      } else {
        Slot<Long> at = list.floor();
        list.raiseFloor();
        floor = at == null ? floor : at.sequence + 1;
      }
      assertThat(list.first()).isSameAs(model.isEmpty() ? null : model.get(0));
      assertThat(list.floor()).isSameAs(firstFrom(model, floor));
    }
    List<Slot<Long>> seen = new ArrayList<>();
    list.forEach(seen::add);
    assertThat(seen).isEqualTo(model);
  }

  private static Slot<Long> firstFrom(List<Slot<Long>> model, long sequence) {
    return model.stream().filter(slot -> slot.sequence >= sequence).findFirst().orElse(null);
  }
}
