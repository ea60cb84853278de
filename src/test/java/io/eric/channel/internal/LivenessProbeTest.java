package io.eric.channel.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a channel's silence is trouble, and what it costs to find out. */
class LivenessProbeTest {

  private static final long PATIENCE = LivenessProbe.PATIENCE_MS;

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final Channels channels = new Channels();
  private final LivenessProbe watch = new LivenessProbe(loop, channels);

  private void start(String... ids) {
    channels.ids.addAll(List.of(ids));
    watch.start();
  }

  /** Long enough for two pings, wherever in a round it begins. */
  private void passUntilNoticed() {
    time.pass(LivenessProbe.ROUND_MS + 2 * PATIENCE + 1_000);
  }

  @Test
  void channelsThatAnswerAreAskedInEveryRoundAndAreNoTrouble() {
    start("a", "b");
    time.pass(10 * LivenessProbe.ROUND_MS - 1);
    assertThat(channels.asked).hasSize(20);
    assertThat(watch.troubles()).isEmpty();
  }

  @Test
  void oneThatDoesNotAnswerTwiceIsNamedUntilItAnswers() {
    start("a", "b", "c");
    channels.blocked.addAll(Set.of("a", "c"));
    passUntilNoticed();
    assertThat(watch.troubles()).containsExactly("channels do not answer: a, c");
    assertThat(watch.silent()).isEqualTo(2);
    channels.unblock("a");
    time.pass(1);
    assertThat(watch.troubles()).containsExactly("channels do not answer: c");
    channels.unblock("c");
    time.pass(1);
    assertThat(watch.troubles()).isEmpty();
    assertThat(watch.silent()).isZero();
  }

  @Test
  void oneWhoseAddressHasNobodyIsNamedAsLate() {
    start("a");
    channels.gone.add("a");
    time.pass(PATIENCE - 1);
    assertThat(watch.troubles()).isEmpty();
    time.pass(LivenessProbe.ROUND_MS);
    assertThat(watch.troubles()).containsExactly("channels do not answer: a");
    channels.gone.remove("a");
    time.pass(PATIENCE);
    assertThat(watch.troubles()).isEmpty();
  }

  @Test
  void oneThatIsBusyForAsLongAsAPingWaitsIsNoTrouble() {
    start("a");
    channels.blocked.add("a");
    time.pass(2 * PATIENCE - 1);
    channels.unblock("a");
    time.pass(10 * LivenessProbe.ROUND_MS);
    assertThat(watch.troubles()).isEmpty();
  }

  /** All loops stop, and answers and time-outs are due together when they go on. */
  @Test
  void aPauseOfTheJvmIsNoTrouble() {
    start("a");
    time.pass(LivenessProbe.ROUND_MS - 1);
    channels.blocked.add("a");
    time.pass(1);
    loop.freeze();
    time.pass(60_000);
    assertThat(watch.troubles()).as("who asks first afterwards").isEmpty();
    channels.blocked.clear();
    loop.thaw();
    time.pass(10 * LivenessProbe.ROUND_MS);
    assertThat(watch.troubles()).isEmpty();
  }

  @Test
  void aWatchWhoseOwnLoopIsBlockedIsTrouble() {
    start("a");
    loop.freeze();
    assertThat(watch.troubles()).isEmpty();
    time.pass(PATIENCE + 1);
    assertThat(watch.troubles())
        .containsExactly("the event loop that asks the channels is blocked");
    loop.thaw();
    time.pass(1);
    assertThat(watch.troubles()).isEmpty();
  }

  @Test
  void oneThatIsRemovedIsNoTrouble() {
    start("a", "b");
    channels.blocked.addAll(Set.of("a", "b"));
    passUntilNoticed();
    channels.ids.remove("a");
    assertThat(watch.troubles()).containsExactly("channels do not answer: b");
    channels.ids.remove("b");
    assertThat(watch.troubles()).isEmpty();
    time.pass(2 * LivenessProbe.LONG_PATIENCE_MS);
    channels.ids.add("a"); // another one of this name
    channels.blocked.clear();
    time.pass(LivenessProbe.ROUND_MS);
    assertThat(watch.troubles()).isEmpty();
  }

  @Test
  void atMostTenAreNamed() {
    start(IntStream.range(10, 23).mapToObj(i -> "c" + i).toArray(String[]::new));
    channels.blocked.addAll(channels.ids);
    passUntilNoticed();
    assertThat(watch.troubles())
        .containsExactly(
            "channels do not answer: c10, c11, c12, c13, c14, c15, c16, c17, c18, c19 and 3 more");
  }

  @Test
  void manyChannelsAreAskedALittleAtATimeAndEachInItsTurn() {
    start(IntStream.range(0, 10_000).mapToObj(i -> "c" + i).toArray(String[]::new));
    for (int i = 0; i < 200; i++) {
      int before = channels.asked.size();
      time.pass(LivenessProbe.PAUSE_MS);
      assertThat(channels.asked.size() - before)
          .isLessThanOrEqualTo(2 * LivenessProbe.PINGS_PER_TURN);
    }
    assertThat(new HashSet<>(channels.asked)).hasSize(10_000);
  }

  @Test
  void whatWaitsAtABlockedLoopIsBounded() {
    start(IntStream.range(0, 10_000).mapToObj(i -> "c" + i).toArray(String[]::new));
    channels.blocked.addAll(channels.ids);
    passUntilNoticed();
    assertThat(watch.silent()).isEqualTo(LivenessProbe.MAX_DOUBTED);
    int before = channels.asked.size();
    time.pass(10 * LivenessProbe.LONG_PATIENCE_MS);
    assertThat(channels.asked.size() - before).isLessThanOrEqualTo(11 * LivenessProbe.MAX_DOUBTED);
    channels.blocked.clear();
    time.pass(LivenessProbe.LONG_PATIENCE_MS);
    assertThat(watch.troubles()).isEmpty();
    before = channels.asked.size();
    time.pass(60_000);
    assertThat(channels.asked.size() - before).as("rounds go on").isGreaterThan(10_000);
  }

  @Test
  void aClosedWatchAsksNobody() {
    start("a", "b");
    channels.blocked.add("a");
    time.pass(LivenessProbe.ROUND_MS + 1);
    watch.close();
    time.pass(PATIENCE);
    int before = channels.asked.size();
    time.pass(1_000_000);
    assertThat(channels.asked).hasSize(before);
  }

  private final class Channels implements LivenessProbe.Doors {
    private final Set<String> ids = new TreeSet<>();
    private final Set<String> blocked = new HashSet<>();
    private final Set<String> gone = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Promise<Void>> waiting = new HashMap<>();

    @Override
    public List<String> all() {
      return List.copyOf(ids);
    }

    @Override
    public boolean mustAnswer(String id) {
      return ids.contains(id);
    }

    @Override
    public Future<?> ping(String id, long timeoutMs) {
      asked.add(id);
      if (gone.contains(id)) {
        return Future.failedFuture("nobody");
      }
      if (!blocked.contains(id)) {
        return Future.succeededFuture();
      }
      Promise<Void> answer = Promise.promise();
      waiting.put(id, answer);
      loop.after(timeoutMs, () -> answer.tryFail("too late"));
      return answer.future();
    }

    private void unblock(String id) {
      blocked.remove(id);
      Promise<Void> last = waiting.remove(id);
      if (last != null) {
        last.tryComplete();
      }
    }
  }
}
