package io.eric.cluster;

import io.eric.channel.internal.overflow.LogBudget;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets the logs of each group use as much memory as the node can spare that has the least. Every
 * node keeps all logs, but only a group's owner trims them, so an owner with much memory would fill
 * that of the others.
 *
 * <p>Each node asks every other one that it reaches, and remembers what those have said that are
 * gone, because they come back. Confined to the node's loop.
 */
final class GroupBudgets {

  /** The service by which a node says how many bytes the logs of a group may use there. */
  static final String SERVICE = "node.budget";

  /** From a question without an answer to the next one, in milliseconds. */
  static final long REPEAT_MS = 1_000;

  private final long own;
  private final List<LogBudget> budgets;
  private final Function<String, Future<Buffer>> ask;
  private final Loop loop;
  private final Map<String, Long> announced = new HashMap<>();
  private final Supplier<Set<String>> reached;

  /**
   * Creates the budgets of a node that has heard of no other one.
   *
   * @param budgets those of this node's groups, which are equal
   * @param ask asks a node's {@link #SERVICE}
   * @param reached the other nodes that can be reached
   */
  GroupBudgets(
      List<LogBudget> budgets,
      Function<String, Future<Buffer>> ask,
      Supplier<Set<String>> reached,
      Loop loop) {
    this.own = budgets.get(0).maxBytes();
    this.budgets = List.copyOf(budgets);
    this.ask = ask;
    this.reached = reached;
    this.loop = loop;
  }

  /** Answers another node. */
  Buffer announcement() {
    return Buffer.buffer().appendLong(own);
  }

  /** A node is reached, perhaps a new process of it. */
  void up(String node) {
    ask(node);
  }

  private void ask(String node) {
    ask.apply(node)
        .onSuccess(answer -> announced(node, answer.getLong(0)))
        .onFailure(
            e ->
                loop.after(
                    REPEAT_MS,
                    () -> {
                      if (reached.get().contains(node)) {
                        ask(node);
                      }
                    }));
  }

  private void announced(String node, long bytes) {
    announced.put(node, bytes);
    long least =
        Math.min(own, announced.values().stream().mapToLong(each -> each).min().orElse(own));
    budgets.forEach(each -> each.bound(least));
  }
}
