package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves that this node belongs to a quorum at a moment: enough other nodes have said, after the
 * proof was asked for, that they see it. A node that was frozen sees its former members until it
 * hears of its loss, so its own view proves nothing.
 *
 * <p>At most one round of questions is under way, and at most one more waits for it. A caller that
 * asks during a round waits for the next one, because an answer of the current round may be older
 * than the caller's question. Not thread-safe: only one loop may use it.
 */
final class QuorumRounds {

  /** How long a round may take. A caller that waits for the next round waits twice as long. */
  static final long ROUND_MS = 2_000;

  /** From one round to the next: a frozen node is not to find a pile of questions. */
  static final long PAUSE_MS = 10;

  private final Electorate electorate;
  private final Loop loop;
  private @Nullable Round underWay;
  private @Nullable Promise<Void> next;
  private boolean pausing;

  QuorumRounds(Electorate electorate, Loop loop) {
    this.electorate = electorate;
    this.loop = loop;
  }

  /** Who has to be asked. */
  interface Electorate {

    /** How many nodes must see each other, this one included. */
    int quorum();

    /** Whether this node sees that many. */
    boolean hasQuorum();

    /** All nodes but this one. */
    Set<String> others();

    /** Asks a node whether it sees this one. Completes on the loop, fails without an answer. */
    Future<Boolean> seesThisNode(String other, long timeoutMs);
  }

  /**
   * Asks for a proof.
   *
   * @return completes on the loop; fails with {@link UnavailableException} if too few others have
   *     said in time that they see this node
   */
  Future<Void> prove() {
    Promise<Void> waiting = next;
    if (waiting == null) {
      waiting = Promise.promise();
      next = waiting;
    }
    beginNext();
    return waiting.future();
  }

  private void beginNext() {
    Promise<Void> proof = next;
    if (underWay == null && !pausing && proof != null) {
      next = null;
      pausing = true;
      loop.after(
          PAUSE_MS,
          () -> {
            pausing = false;
            beginNext();
          });
      Round round = new Round(proof);
      underWay = round;
      round.begin();
    }
  }

  private final class Round {

    private final Promise<Void> proof;
    private int missing = electorate.quorum() - 1;
    private int asked;
    private Loop.@Nullable Timer timer;

    private Round(Promise<Void> proof) {
      this.proof = proof;
    }

    private void begin() {
      if (!electorate.hasQuorum()) {
        end(false);
        return;
      }
      if (missing <= 0) {
        end(true);
        return;
      }
      timer = loop.after(ROUND_MS, () -> end(false));
      Set<String> others = electorate.others();
      asked = others.size();
      if (asked < missing) {
        end(false);
        return;
      }
      for (String other : others) {
        electorate
            .seesThisNode(other, ROUND_MS)
            .onComplete(answer -> answered(answer.succeeded() && answer.result()));
      }
    }

    private void answered(boolean yes) {
      asked--;
      if (yes) {
        missing--;
      }
      if (missing <= 0) {
        end(electorate.hasQuorum());
      } else if (asked < missing) {
        end(false);
      }
    }

    private void end(boolean proven) {
      if (underWay != this) {
        return;
      }
      underWay = null;
      if (timer != null) {
        timer.cancel();
      }
      if (proven) {
        proof.complete();
      } else {
        proof.fail(
            new UnavailableException("too few nodes of the cluster say that they see this one"));
      }
      beginNext();
    }
  }
}
