package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.SeenNodes.Presence;
import io.eric.cluster.link.LinkObserver;
import io.eric.cluster.state.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeenNodesTest {

  /** What was seen of node 2, and what follows for its process and for another one of its. */
  private enum Case {
    NOTHING(seen -> {}, Presence.UNKNOWN, Presence.UNKNOWN),
    UP(seen -> seen.up("2", "life"), Presence.REACHED, Presence.GONE),
    DOWN(
        seen -> {
          seen.up("2", "life");
          seen.down("2");
        },
        Presence.UNKNOWN,
        Presence.UNKNOWN),
    BACK(
        seen -> {
          seen.up("2", "life");
          seen.down("2");
          seen.up("2", "life");
        },
        Presence.REACHED,
        Presence.GONE),
    GONE(
        seen -> {
          seen.up("2", "life");
          seen.down("2");
          seen.gone("2", "life");
        },
        Presence.GONE,
        Presence.UNKNOWN),
    FOLLOWED(
        seen -> {
          seen.up("2", "life");
          seen.down("2");
          seen.up("2", "another life");
          seen.gone("2", "life"); // of the former process, told late
        },
        Presence.GONE,
        Presence.REACHED);

    private final Consumer<SeenNodes> events;
    private final Presence itsProcess;
    private final Presence anotherProcess;

    Case(Consumer<SeenNodes> events, Presence itsProcess, Presence anotherProcess) {
      this.events = events;
      this.itsProcess = itsProcess;
      this.anotherProcess = anotherProcess;
    }
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void aProcessIsGoneOnlyIfItsEndWasSeen(Case each) {
    SeenNodes seen = new SeenNodes();
    each.events.accept(seen);
    assertThat(seen.presence(new Owner("2", "life"))).isEqualTo(each.itsProcess);
    assertThat(seen.presence(new Owner("2", "another life"))).isEqualTo(each.anotherProcess);
    assertThat(seen.presence(new Owner("3", "life"))).isEqualTo(Presence.UNKNOWN);
  }

  @Test
  void aNodeHearsFirstWhatIsReachedAlreadyAndThenWhatHappens() {
    SeenNodes seen = new SeenNodes();
    seen.up("2", "a");
    seen.up("3", "b");
    seen.down("3");
    List<String> told = new ArrayList<>();
    seen.attach(new Recording(told));
    seen.up("3", "c");
    seen.down("2");
    seen.gone("2", "a");
    assertThat(seen.reached()).containsExactly("3");
    assertThat(told).containsExactly("up 2 a", "up 3 c", "down 2", "gone 2 a");
  }

  private record Recording(List<String> told) implements LinkObserver {

    @Override
    public void up(String node, String life) {
      told.add("up " + node + " " + life);
    }

    @Override
    public void down(String node) {
      told.add("down " + node);
    }

    @Override
    public void gone(String node, String life) {
      told.add("gone " + node + " " + life);
    }
  }
}
