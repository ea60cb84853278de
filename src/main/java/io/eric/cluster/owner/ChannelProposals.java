package io.eric.cluster.owner;

import io.eric.cluster.state.Change;
import io.eric.cluster.state.Verdict;
import io.vertx.core.Future;
import java.util.List;

/** Proposes what the owner of one channel decides, under the claim by which it owns the channel. */
@FunctionalInterface
interface ChannelProposals {

  /**
   * Proposes changes that take effect together, after those that were proposed before.
   *
   * @return completes on the channel's context when they are in effect or refused; fails with
   *     {@link io.eric.UnavailableException} if the claim is over, and then it is unknown whether
   *     they take effect
   */
  Future<Verdict> propose(List<Change> changes);
}
