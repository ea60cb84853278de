package io.eric.cluster.owner;

import io.eric.cluster.state.GroupObserver;

/**
 * Hears, beside what entries change, which role this replica has. All calls come from threads of
 * the replica and must neither block nor throw.
 */
public interface ReplicaObserver extends GroupObserver {

  /** This replica leads, and has applied all entries of earlier terms. */
  void leads(long term);

  /** This replica does not lead (any more). */
  void follows();

  /**
   * The replica cannot go on, because its disk failed or an entry could not be applied. Nothing
   * that it knows may be served any more: the process has to end.
   */
  void failed(Throwable reason);
}
