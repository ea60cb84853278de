package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {

  private static final List<String> NODES =
      IntStream.range(0, 3).mapToObj(i -> new java.util.UUID(i * 7L, i).toString()).toList();
  private static final List<String> CHANNELS =
      IntStream.range(0, 3_000).mapToObj(i -> "channel-" + i).toList();

  @Test
  void channelsAreSpreadEvenly() {
    Map<String, Long> spread =
        CHANNELS.stream()
            .map(channel -> Rendezvous.place(channel, NODES))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(spread).hasSize(3);
    assertThat(spread.values()).allMatch(share -> share > 850 && share < 1_150);
  }

  @Test
  void aNodeThatGoesMovesOnlyItsOwnChannels() {
    List<String> left = NODES.subList(0, 2);
    for (String channel : CHANNELS) {
      String before = Rendezvous.place(channel, NODES);
      if (left.contains(before)) {
        assertThat(Rendezvous.place(channel, left)).isEqualTo(before);
      }
    }
  }

  @Test
  void theOrderOfTheNodesDoesNotMatter() {
    List<String> reversed = List.of(NODES.get(2), NODES.get(1), NODES.get(0));
    for (String channel : CHANNELS) {
      assertThat(Rendezvous.place(channel, reversed)).isEqualTo(Rendezvous.place(channel, NODES));
    }
  }

  @Test
  void withoutNodesThereIsNoPlace() {
    assertThat(Rendezvous.place("c", List.of())).isNull();
  }
}
