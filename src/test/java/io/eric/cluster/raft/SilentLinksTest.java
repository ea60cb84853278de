package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SilentLinksTest {

  private final List<String> replaced = new ArrayList<>();
  private final SilentLinks links = new SilentLinks(replaced::add);
  private long now;

  private void pass(int seconds, String... silent) {
    for (int i = 0; i < seconds; i++) {
      links.check(now += 1_000, Set.of(silent));
    }
  }

  @Test
  void aSilentPeersConnectionIsReplacedAtOnceAndAgainAfterAPause() {
    pass(5, "2");
    assertThat(replaced).containsExactly("2");
    pass(5, "2");
    assertThat(replaced).containsExactly("2", "2");
  }

  @Test
  void aPeerThatAnsweredMeanwhileIsSilentAnew() {
    pass(1, "2");
    pass(1);
    pass(1, "2");
    assertThat(replaced).containsExactly("2", "2");
  }

  @Test
  void eachPeerHasItsOwnPauses() {
    pass(1, "2");
    pass(1, "2", "3");
    assertThat(replaced).containsExactly("2", "3");
  }
}
