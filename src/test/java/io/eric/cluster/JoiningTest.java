package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.OperationTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoiningTest {

  private final Vertx vertx = Vertx.vertx();
  private final Promise<Vertx> attempt = Promise.promise();
  private final List<Integer> waits = new ArrayList<>();
  private final List<Runnable> tasks = new ArrayList<>();
  private int terminated;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void whatJoinsInTimeIsLeftAloneByTheDeadline() {
    Future<Vertx> joined = join();
    attempt.complete(vertx);
    assertThat(joined.result()).isSameAs(vertx);
    runNext();
    assertThat(tasks).isEmpty();
    assertThat(terminated).isZero();
  }

  @Test
  void whatFailsInTimeLeavesNoMemberBehind() {
    Future<Vertx> joined = join();
    HazelcastException failure = new HazelcastException("ports are in use");
    attempt.fail(failure);
    assertThat(joined.cause()).isSameAs(failure);
    assertThat(terminated).isEqualTo(1);
    runNext();
    assertThat(tasks).isEmpty();
    assertThat(terminated).isEqualTo(1);
  }

  @Test
  void whatTakesTooLongIsEndedUntilItHasEnded() {
    Future<Vertx> joined = join();
    runNext();
    runNext(); // Hazelcast was not there at the first time
    runNext();
    assertThat(terminated).isEqualTo(3);
    assertThat(joined.isComplete()).isFalse(); // something may still be left
    attempt.fail(new IllegalStateException("Node failed to start!"));
    assertThat(joined.cause())
        .isInstanceOf(OperationTimeoutException.class)
        .hasMessage("joining took more than 30 s");
    assertThat(terminated).isEqualTo(4);
    runNext();
    assertThat(tasks).isEmpty();
    assertThat(waits).containsExactly(30, 1, 1, 1);
  }

  @Test
  void whatJoinsAfterItWasGivenUpIsClosed() {
    Future<Vertx> joined = join();
    runNext();
    attempt.complete(vertx);
    assertThatThrownBy(() -> joined.await(30, TimeUnit.SECONDS))
        .isInstanceOf(OperationTimeoutException.class);
    assertThatThrownBy(() -> vertx.executeBlocking(() -> 1).await(30, TimeUnit.SECONDS))
        .isInstanceOf(Exception.class);
  }

  @Test
  void aHazelcastThatCannotBeEndedIsToldAllTheSame() {
    HazelcastException failure = new HazelcastException("ports are in use");
    Future<Vertx> joined =
        Joining.awaited(
            Future.failedFuture(failure),
            () -> {
              throw new IllegalStateException("not active");
            },
            (seconds, task) -> tasks.add(task));
    assertThat(joined.cause()).isSameAs(failure);
  }

  private Future<Vertx> join() {
    return Joining.awaited(
        attempt.future(),
        () -> terminated++,
        (seconds, task) -> {
          waits.add(seconds);
          tasks.add(task);
        });
  }

  private void runNext() {
    tasks.remove(0).run();
  }
}
