package io.eric.cluster.raft;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;

/**
 * Notices on a leader that it refuses entries although no hand-over is under way. Ratis 3.2.2 does
 * not forget a hand-over that fails before it has begun to wait for it, for example because the
 * other node refuses it at once; then it refuses every entry, and every other hand-over, as long as
 * it leads. It forgets it when there is a new leader, which may be the same node.
 *
 * <p>Safe for any thread.
 */
final class HandOverWatch {

  private final Supplier<CompletionStage<Void>> giveUp;

  // Guarded by this object.
  private long begun;
  private long underWay;
  private boolean givingUp;

  /**
   * Creates a watch of a replica that has not handed its group over yet.
   *
   * @param giveUp gives the lead up; its stage completes when that is done or has failed
   */
  HandOverWatch(Supplier<CompletionStage<Void>> giveUp) {
    this.giveUp = giveUp;
  }

  /** A hand-over begins; {@link #ended} tells its end. */
  synchronized void begins() {
    begun++;
    underWay++;
  }

  /** A hand-over has ended, however it did. */
  synchronized void ended() {
    underWay--;
  }

  /**
   * Returns what {@link #refused} has to know of an entry that is about to be appended: how many
   * hand-overs have begun before it, or -1 if one of them is under way.
   */
  synchronized long mark() {
    return underWay == 0 ? begun : -1;
  }

  /**
   * An entry was refused.
   *
   * @param mark what {@link #mark} has returned for it
   */
  void refused(long mark, Throwable reason) {
    synchronized (this) {
      boolean isStuck =
          reason instanceof LeaderSteppingDownException && underWay == 0 && mark == begun;
      if (!isStuck || givingUp) {
        return;
      }
      givingUp = true;
    }
    giveUp
        .get()
        .whenComplete(
            (done, failed) -> {
              synchronized (this) {
                givingUp = false;
              }
            });
  }
}
