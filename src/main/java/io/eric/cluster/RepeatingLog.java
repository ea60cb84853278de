package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of a group for the owner of one channel, who does not lead the group. An entry is
 * appended again when its outcome is unknown, and when the group has got another leader: the
 * entries are numbered, so a repetition changes nothing. So the owner does not notice that leaders
 * come and go; it only waits.
 *
 * <p>One entry is under way at a time, because a later one must not overtake one that is repeated.
 * Confined to the node's loop, except {@link #append}.
 */
final class RepeatingLog implements GroupLog {

  /** How often an entry without an answer is looked after, in milliseconds. */
  private static final long LOOK_MS = 100;

  private final String channel;
  private final long claim;
  private final GroupLog log;
  private final Supplier<@Nullable String> leader;
  private final Executor thread;
  private final Loop loop;
  private long number;
  private @Nullable Unanswered unanswered;
  private boolean closed;

  /** An entry that is under way. */
  private static final class Unanswered {
    private final EncodedEntry entry;
    private final CompletableFuture<List<Verdict>> answer;
    private boolean hasFailed;
    private @Nullable String asked;

    private Unanswered(EncodedEntry entry, CompletableFuture<List<Verdict>> answer) {
      this.entry = entry;
      this.answer = answer;
    }
  }

  /**
   * Creates the log of a claim.
   *
   * @param log the group's log, wherever its leader is
   * @param leader tells which node leads the group, as far as this node knows
   * @param thread where the group's log may be called
   */
  RepeatingLog(
      String channel,
      long claim,
      GroupLog log,
      Supplier<@Nullable String> leader,
      Executor thread,
      Loop loop) {
    this.channel = channel;
    this.claim = claim;
    this.log = log;
    this.leader = leader;
    this.thread = thread;
    this.loop = loop;
  }

  @Override
  public CompletionStage<List<Verdict>> append(EncodedEntry batch) {
    CompletableFuture<List<Verdict>> answer = new CompletableFuture<>();
    loop.later(() -> begin(batch, answer));
    return answer;
  }

  private void begin(EncodedEntry batch, CompletableFuture<List<Verdict>> answer) {
    if (closed) {
      answer.completeExceptionally(over());
      return;
    }
    Unanswered begun = new Unanswered(batch.numbered(channel, claim, ++number), answer);
    unanswered = begun;
    attempt(begun);
    lookAfter(begun);
  }

  private void lookAfter(Unanswered entry) {
    loop.after(
        LOOK_MS,
        () -> {
          if (entry != unanswered) {
            return;
          }
          String now = leader.get();
          if (entry.hasFailed || (now != null && !Objects.equals(now, entry.asked))) {
            attempt(entry);
          }
          lookAfter(entry);
        });
  }

  private void attempt(Unanswered entry) {
    entry.hasFailed = false;
    entry.asked = leader.get();
    try {
      thread.execute(() -> call(entry));
    } catch (RejectedExecutionException e) { // the node has left the cluster
      close();
    }
  }

  private void call(Unanswered entry) {
    try {
      log.append(entry.entry)
          .whenComplete((verdicts, failure) -> loop.later(() -> answered(entry, verdicts)));
    } catch (RuntimeException e) {
      loop.later(() -> answered(entry, null));
    }
  }

  private void answered(Unanswered entry, @Nullable List<Verdict> verdicts) {
    if (entry != unanswered) {
      return; // another attempt was answered first
    } else if (verdicts == null) {
      entry.hasFailed = true;
      return;
    }
    unanswered = null;
    entry.answer.complete(
        verdicts.stream().map(each -> each == Verdict.REPEATED ? Verdict.APPLIED : each).toList());
  }

  /** Gives up what is under way, because the claim is over. Idempotent. */
  void close() {
    closed = true;
    Unanswered given = unanswered;
    unanswered = null;
    if (given != null) {
      given.answer.completeExceptionally(over());
    }
  }

  private static UnavailableException over() {
    return new UnavailableException("the channel has another owner, or its node ends");
  }
}
