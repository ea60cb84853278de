package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.channel.internal.overflow.LogBudget;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupBudgetsTest {

  private final SimulatedTime time = new SimulatedTime();
  private final List<LogBudget> budgets = List.of(new LogBudget(1_000), new LogBudget(1_000));
  private final Map<String, Long> others = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();
  private final GroupBudgets groups =
      new GroupBudgets(budgets, this::ask, () -> reached, new SimulatedLoop(time));

  private void up(String node) {
    reached.add(node);
    groups.up(node);
  }

  private Future<Buffer> ask(String node) {
    asked.add(node);
    Long bytes = others.get(node);
    return bytes == null
        ? Future.failedFuture("lost")
        : Future.succeededFuture(Buffer.buffer().appendLong(bytes));
  }

  private void assertBound(long bytes) {
    assertThat(budgets).allSatisfy(each -> assertThat(each.maxBytes()).isEqualTo(bytes));
  }

  @Test
  void theNodeWithTheLeastMemoryBoundsTheLogsOfAll() {
    others.putAll(Map.of("2", 700L, "3", 5_000L));
    up("3");
    assertBound(1_000);
    up("2");
    assertBound(700);
    reached.remove("2"); // it comes back
    assertBound(700);
    others.put("2", 900L); // with more memory
    up("2");
    assertBound(900);
  }

  @Test
  void whatANodeSaysIsItsOwnAlsoWhenOthersHaveLess() {
    others.put("2", 700L);
    up("2");
    assertThat(groups.announcement().getLong(0)).isEqualTo(1_000);
  }

  @Test
  void aNodeWhoseAnswerIsLostIsAskedAgainWhileItIsReached() {
    up("2");
    time.pass(GroupBudgets.REPEAT_MS);
    assertThat(asked).containsExactly("2", "2");
    others.put("2", 500L);
    time.pass(GroupBudgets.REPEAT_MS);
    assertBound(500);
    others.clear();
    up("3");
    reached.remove("3");
    time.pass(10 * GroupBudgets.REPEAT_MS);
    assertThat(asked).containsExactly("2", "2", "2", "3");
  }
}
