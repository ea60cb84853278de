package io.eric.cluster.link;

import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The questions to other nodes that have no answer yet. For any thread. */
final class Questions {

  private final Map<Long, Question> waiting = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final LongSupplier clock;

  /** Measures time with this clock, in nanoseconds. */
  Questions(LongSupplier clock) {
    this.clock = clock;
  }

  /** Begins to wait for an answer. */
  Question to(String node, long timeoutMs, Promise<@Nullable Object> answer) {
    long deadline = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    Question question = new Question(this, ids.incrementAndGet(), node, deadline, answer);
    waiting.put(question.id(), question);
    return question;
  }

  /** Returns what a node answers; null if that does not wait any more. */
  @Nullable Question find(long id, String node) {
    Question question = waiting.get(id);
    return question != null && question.node().equals(node) ? question : null;
  }

  /** Returns whether it was still waiting. */
  boolean remove(Question question) {
    return waiting.remove(question.id(), question);
  }

  /** The connection to a node is lost, and with it the answers to what was asked. */
  void lost(String node) {
    unanswered(each -> each.isAsked() && each.node().equals(node), "the connection was lost");
  }

  /** Gives up what has waited for too long. */
  void sweep() {
    long now = clock.getAsLong();
    unanswered(each -> now - each.deadline() > 0, "no answer from the other node");
  }

  /** Gives up everything. */
  void close() {
    unanswered(each -> true, "this node leaves the cluster");
  }

  private void unanswered(Predicate<Question> which, String why) {
    waiting.values().stream().filter(which).forEach(each -> each.unanswered(why));
  }

  int size() {
    return waiting.size();
  }
}
