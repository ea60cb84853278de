package io.eric.cluster.owner;

import io.eric.PayloadTooLargeException;
import io.eric.UnavailableException;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.EncodedSection;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Commits what the channels of a group decide, for one claim. What costs in a replicated log is
 * each entry, so an entry carries everything that all channels have pending when it is made, and
 * while some entries are under way the next one grows.
 *
 * <p>An entry costs much the same work in all replicas, however small it is. So what is pending
 * waits for the entry that is under way, unless it is large enough to be worth one of its own.
 *
 * <p>If the outcome of an entry is unknown, the claim is taken for over: this entry's proposals,
 * those of the entries behind it, and all later ones fail. The next owner knows from the state
 * which of them are in effect.
 *
 * <p>Safe for any thread. Proposals of one thread are committed in their order.
 */
final class GroupWriter {

  /** Another entry is begun while one is under way if it has so many bytes or more. */
  private static final int WORTH_BYTES = 64 << 10;

  private final GroupLog log;
  private final Executor thread;
  private final EntryLimits limits;
  private final Runnable over;

  // Guarded by this object.
  private final ArrayDeque<Proposal> pending = new ArrayDeque<>();
  private long pendingBytes;
  private int inFlight;
  private boolean scheduled;
  private @Nullable Throwable failure;

  /**
   * Creates a writer for a claim.
   *
   * @param thread where the log is written to; runs one task after the other, and may be blocked
   * @param over called once, on any thread, when the claim proves to be over
   */
  GroupWriter(GroupLog log, Executor thread, EntryLimits limits, Runnable over) {
    this.log = log;
    this.thread = thread;
    this.limits = limits;
    this.over = over;
  }

  /**
   * Proposes changes.
   *
   * @param verdict is completed when the changes are in effect or refused. It fails with {@link
   *     UnavailableException} if that is unknown, or the claim is over; with {@link
   *     PayloadTooLargeException} if no entry can be so large, and then nothing has happened
   */
  void propose(Section section, Promise<Verdict> verdict) {
    EncodedSection encoded = new EncodedSection(section);
    if (encoded.size() > limits.largest()) {
      verdict.fail(
          new PayloadTooLargeException(
              "a message with all that belongs to it has "
                  + encoded.size()
                  + " bytes, the cluster's log takes "
                  + limits.largest()));
      return;
    }
    Throwable failed;
    boolean schedule = false;
    synchronized (this) {
      failed = failure;
      if (failed == null) {
        pending.add(new Proposal(encoded, verdict));
        pendingBytes += encoded.size();
        schedule = mayWrite();
      }
    }
    if (failed != null) {
      verdict.fail(unavailable(failed));
    } else if (schedule) {
      schedule();
    }
  }

  private void schedule() {
    try {
      thread.execute(this::write);
    } catch (RejectedExecutionException e) { // the node has left the cluster
      close(e);
    }
  }

  /** Returns whether the caller has to schedule a write; holds the lock. */
  private boolean mayWrite() {
    if (scheduled || !isWorthAnEntry()) {
      return false;
    }
    scheduled = true;
    return true;
  }

  private boolean isWorthAnEntry() {
    return inFlight == 0
        ? !pending.isEmpty()
        : inFlight < limits.inFlight() && pendingBytes >= Math.min(WORTH_BYTES, limits.bytes());
  }

  private void write() {
    while (true) {
      List<Proposal> entry = next();
      if (entry.isEmpty()) {
        return;
      }
      try {
        log.append(EncodedEntry.batch(entry.stream().map(each -> each.section).toList()))
            .whenComplete((verdicts, failed) -> done(entry, verdicts, failed));
      } catch (RuntimeException e) {
        done(entry, null, e);
      }
    }
  }

  /** Takes the proposals of the next entry; empty if there is none to write now. */
  private synchronized List<Proposal> next() {
    List<Proposal> entry = new ArrayList<>();
    if (!isWorthAnEntry()) {
      scheduled = false;
      return entry;
    }
    long bytes = 0;
    for (Proposal next = pending.peek();
        next != null && (entry.isEmpty() || bytes + next.section.size() <= limits.bytes());
        next = pending.peek()) {
      bytes += next.section.size();
      entry.add(pending.remove());
    }
    pendingBytes -= bytes;
    inFlight++;
    return entry;
  }

  private void done(
      List<Proposal> entry, @Nullable List<Verdict> verdicts, @Nullable Throwable failed) {
    if (failed != null || verdicts == null || verdicts.size() != entry.size()) {
      Throwable cause = failed == null ? new IllegalStateException("no verdicts") : failed;
      close(cause);
      entry.forEach(each -> each.verdict.fail(unavailable(cause)));
      return;
    }
    boolean schedule;
    synchronized (this) {
      inFlight--;
      schedule = mayWrite();
    }
    if (schedule) {
      schedule();
    }
    for (int i = 0; i < entry.size(); i++) {
      entry.get(i).verdict.complete(verdicts.get(i));
    }
  }

  /** Ends the writer: the claim is over for this reason. Idempotent. */
  void close(Throwable reason) {
    List<Proposal> left;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = reason;
      left = List.copyOf(pending);
      pending.clear();
      pendingBytes = 0;
    }
    left.forEach(each -> each.verdict.fail(unavailable(reason)));
    over.run();
  }

  /** A reason of our own is passed on; what the engine says of its nodes is not for clients. */
  private static UnavailableException unavailable(Throwable reason) {
    String told = "the channel's owner is changing, the outcome is unknown";
    return new UnavailableException(
        reason instanceof UnavailableException own ? told + ": " + own.getMessage() : told);
  }

  /** A section that is not in the log yet. */
  private static final class Proposal {
    private final EncodedSection section;
    private final Promise<Verdict> verdict;

    private Proposal(EncodedSection section, Promise<Verdict> verdict) {
      this.section = section;
      this.verdict = verdict;
    }
  }
}
