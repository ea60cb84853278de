package io.eric.cluster.owner;

import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers those who need to know that this replica is up to date, so that a majority is asked once
 * for all of them. At most one round is under way and at most one more waits for it: whoever asks
 * during a round waits for the next one, because an answer of the current round may be older than
 * the question. Confined to its loop.
 */
public final class ReadIndexRounds {

  /** From one round to the next, in milliseconds: a node that thaws is not to start a pile. */
  private static final long PAUSE_MS = 10;

  /** How long a round may take, in milliseconds; longer than an election on a busy machine. */
  static final long ROUND_MS = 3_000;

  private final Supplier<CompletionStage<Void>> readIndex;
  private final Executor thread;
  private final Loop loop;
  private @Nullable Promise<Void> underWay;
  private @Nullable Promise<Void> next;
  private boolean pausing;

  /**
   * Creates the rounds of a replica.
   *
   * @param readIndex asks a majority; may block
   * @param thread where it is called
   */
  public ReadIndexRounds(Supplier<CompletionStage<Void>> readIndex, Executor thread, Loop loop) {
    this.readIndex = readIndex;
    this.thread = thread;
    this.loop = loop;
  }

  /**
   * Waits for a round that begins after this call.
   *
   * @return completes on the loop when this replica has applied everything that was committed
   *     before the call; fails with {@link UnavailableException} if no majority answers in time
   */
  public Future<Void> next() {
    Promise<Void> waiting = next;
    if (waiting == null) {
      waiting = Promise.promise();
      next = waiting;
    }
    beginNext();
    return waiting.future();
  }

  private void beginNext() {
    Promise<Void> round = next;
    if (underWay != null || pausing || round == null) {
      return;
    }
    next = null;
    underWay = round;
    pausing = true;
    loop.after(
        PAUSE_MS,
        () -> {
          pausing = false;
          beginNext();
        });
    Loop.Timer timeout =
        loop.after(ROUND_MS, () -> end(round, new IllegalStateException("no answer in time")));
    thread.execute(
        () -> {
          try {
            readIndex
                .get()
                .whenComplete(
                    (done, failure) ->
                        loop.later(
                            () -> {
                              timeout.cancel();
                              end(round, failure);
                            }));
          } catch (RuntimeException e) {
            loop.later(
                () -> {
                  timeout.cancel();
                  end(round, e);
                });
          }
        });
  }

  private void end(Promise<Void> round, @Nullable Throwable failure) {
    if (underWay != round) {
      return; // its time was over before
    }
    underWay = null;
    if (failure == null) {
      round.complete();
    } else {
      round.fail(
          new UnavailableException(
              "no majority of the cluster's nodes answers: " + failure.getMessage()));
    }
    beginNext();
  }
}
