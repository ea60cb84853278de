package io.eric.cluster.owner;

import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One ownership of a group by this node: from the moment when its claim is applied here to the
 * first sign that it is over. What is decided during a tenure is refused after the next claim, so a
 * node that does not know of its end yet can do no harm. Safe for any thread.
 */
public final class Tenure {

  private final long claim;
  private final GroupWriter writer;

  private Tenure(long claim, GroupWriter writer) {
    this.claim = claim;
    this.writer = writer;
  }

  /**
   * Begins a tenure.
   *
   * @param claim the number of the claim, which is applied
   * @param log where the tenure's entries go
   * @param thread where the log is written to; runs one task after the other, and may be blocked
   * @param over called once, on any thread, when the tenure proves to be over or is ended
   */
  public static Tenure begin(
      long claim, GroupLog log, Executor thread, EntryLimits limits, Runnable over) {
    return new Tenure(claim, new GroupWriter(log, thread, limits, over));
  }

  /** Returns the number of the claim. */
  public long claim() {
    return claim;
  }

  /**
   * Returns the term under which a channel is open in this tenure. A channel that was created
   * during the tenure has a later one, because a channel of that id may have been removed before.
   */
  public long termOf(ChannelView channel) {
    return Math.max(claim, channel.term());
  }

  /**
   * Proposes changes of a channel, which take effect together, after those that were proposed
   * before on the same thread.
   *
   * @param verdict is completed when they are in effect or refused; it fails with {@link
   *     io.eric.UnavailableException} if the tenure is over, and then the outcome is unknown
   */
  public void propose(String channel, List<Change> changes, Promise<Verdict> verdict) {
    writer.propose(new Section(channel, claim, changes), verdict);
  }

  /** Ends the tenure. What is not committed fails with an unknown outcome. Idempotent. */
  public void end(Throwable reason) {
    writer.close(reason);
  }
}
