package io.eric.cluster.raft;

import io.eric.cluster.owner.ReplicaObserver;
import java.util.function.BooleanSupplier;

/**
 * Tells the observer of a group which role the replica has. What Ratis tells comes from several of
 * its threads, so it is put in order here. Safe for any thread.
 */
final class Roles {

  private final ReplicaObserver observer;

  // Guarded by this object.
  private boolean leads;
  private boolean failed;
  private boolean closing;

  Roles(ReplicaObserver observer) {
    this.observer = observer;
  }

  /**
   * The replica leads and has applied all of former terms.
   *
   * @param still whether that holds; a leadership may have ended before this call, and its end been
   *     told
   */
  synchronized void leads(long term, BooleanSupplier still) {
    if (!failed && !leads && still.getAsBoolean()) {
      leads = true;
      observer.leads(term);
    }
  }

  /** The replica does not lead (any more). */
  synchronized void follows() {
    if (leads) {
      leads = false;
      if (!failed) {
        observer.follows();
      }
    }
  }

  /** The replica cannot go on. Only the first reason is told. */
  synchronized void failed(Throwable reason) {
    if (!failed) {
      failed = true;
      observer.failed(reason);
    }
  }

  /** The end of the replica is intended from here on. */
  synchronized void close() {
    closing = true;
  }

  /** The replica has ended. */
  synchronized void ended() {
    if (!closing) {
      failed(new IllegalStateException("the replica has ended by itself, or was removed"));
    }
  }
}
