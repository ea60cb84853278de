package io.eric.channel.internal.readers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** {@link SentDeliveries} beside a queue of objects that does the same. */
class SentDeliveriesProperties {

  private record Sent(long through, int messages, long bytes) {}

  @Property(tries = 200)
  void theyAreAQueue(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int adds,
      @ForAll @IntRange(min = 1, max = 9) int removals) {
    Random random = new Random(seed);
    SentDeliveries sent = new SentDeliveries();
    ArrayDeque<Sent> model = new ArrayDeque<>();
    long through = 0;
    for (int step = 0; step < 500; step++) {
      if (random.nextInt(adds + removals) < adds) {
        through += 1 + random.nextInt(3);
        Sent next = new Sent(through, 1 + random.nextInt(5), random.nextLong(1L << 40));
        sent.add(next.through, next.messages, next.bytes);
        model.add(next);
      } else {
        long upTo = through - random.nextInt(40);
        boolean any = false;
        while (!model.isEmpty() && model.element().through <= upTo) {
          model.remove();
          any = true;
        }
        assertThat(sent.removeThrough(upTo)).isEqualTo(any);
      }
      assertThat(sent.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(sent.messages()).isEqualTo(model.stream().mapToInt(Sent::messages).sum());
      assertThat(sent.bytes()).isEqualTo(model.stream().mapToLong(Sent::bytes).sum());
    }
  }
}
