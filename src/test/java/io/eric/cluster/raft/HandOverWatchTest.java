package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.junit.jupiter.api.Test;

class HandOverWatchTest {

  private static final LeaderSteppingDownException REFUSED = new LeaderSteppingDownException("x");

  private final List<CompletableFuture<Void>> givenUp = new ArrayList<>();
  private final HandOverWatch watch =
      new HandOverWatch(
          () -> {
            givenUp.add(new CompletableFuture<>());
            return givenUp.get(givenUp.size() - 1);
          });

  @Test
  void anEntryThatIsRefusedWithoutAHandOverMakesTheLeaderGiveUp() {
    watch.refused(watch.mark(), REFUSED);
    assertThat(givenUp).hasSize(1);
  }

  @Test
  void whatIsRefusedMeanwhileDoesNotGiveUpTwice() {
    watch.refused(watch.mark(), REFUSED);
    watch.refused(watch.mark(), REFUSED);
    assertThat(givenUp).hasSize(1);
    givenUp.get(0).completeExceptionally(new IOException("it could not"));
    watch.refused(watch.mark(), REFUSED);
    assertThat(givenUp).hasSize(2);
  }

  @Test
  void otherFailuresAreNoReason() {
    watch.refused(watch.mark(), new IOException("slow disk"));
    assertThat(givenUp).isEmpty();
  }

  @Test
  void whatIsRefusedBecauseOfAHandOverIsNoReason() {
    long before = watch.mark();
    watch.begins();
    long during = watch.mark();
    watch.refused(before, REFUSED);
    watch.refused(during, REFUSED);
    watch.ended();
    watch.refused(before, REFUSED);
    watch.refused(during, REFUSED);
    assertThat(givenUp).isEmpty();
    watch.refused(watch.mark(), REFUSED);
    assertThat(givenUp).hasSize(1);
  }
}
