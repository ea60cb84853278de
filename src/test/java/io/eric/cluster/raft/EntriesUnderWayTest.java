package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.cluster.raft.EntriesUnderWay.Append;
import io.eric.cluster.raft.EntriesUnderWay.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica with the entries 0 to 9 of term 1, all written. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class EntriesUnderWayTest {

  private final FakeLog log = new FakeLog();
  private final AtomicLong time = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final EntriesUnderWay underWay =
      new EntriesUnderWay(
          log,
          () -> {
            looks.incrementAndGet();
            return time.get();
          });
  private final FakeConnection a = new FakeConnection();
  private final FakeConnection b = new FakeConnection();
  private final FakeConnection c = new FakeConnection();
  private final List<String> handled = new CopyOnWriteArrayList<>();

  private static final class FakeLog implements EntriesUnderWay.Log {
    private volatile long next = 10;
    private volatile long term = 1;
    private volatile long written = 9;

    @Override
    public long next() {
      return next;
    }

    @Override
    public boolean has(long wanted, long index) {
      return wanted == term && index < next;
    }

    @Override
    public long written() {
      return written;
    }
  }

  private static final class FakeConnection implements Connection {
    private volatile boolean isOver;

    @Override
    public boolean isOver() {
      return isOver;
    }
  }

  private void end(FakeConnection connection) {
    connection.isOver = true;
    underWay.ended(connection);
  }

  private boolean append(Connection connection, long call, long first, long last, long term) {
    return underWay.append(
        new Append(connection, call, first, last, term), () -> handled.add(first + "-" + last));
  }

  private boolean heartbeat() {
    return underWay.heartbeat(() -> handled.add("heartbeat"));
  }

  private boolean snapshot(Connection connection, long number) {
    return underWay.snapshot(connection, number, () -> handled.add("part " + number));
  }

  private boolean vote() {
    return underWay.afterAll(() -> handled.add("vote"));
  }

  /** Begins something that has to wait, and returns when it has looked whether it may go on. */
  private CompletableFuture<Boolean> waiting(BooleanSupplier request) {
    int before = handled.size();
    long looked = looks.get();
    CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(request::getAsBoolean);
    await().until(() -> looks.get() > looked + 3);
    assertThat(answer).isNotDone();
    assertThat(handled).hasSize(before);
    return answer;
  }

  @Test
  void whatALeaderSendsInOrderDoesNotWait() {
    assertThat(append(a, 1, 10, 12, 1)).isTrue();
    assertThat(append(a, 2, 13, 13, 1)).isTrue();
    assertThat(heartbeat()).isTrue();
    assertThat(append(b, 1, 14, 20, 1)).isTrue();
    assertThat(handled).containsExactly("10-12", "13-13", "heartbeat", "14-20");
  }

  @Test
  void entriesInThePlaceOfOthersWaitUntilTheseAreAnswered() {
    append(a, 1, 10, 12, 1);
    append(a, 2, 13, 15, 1);
    CompletableFuture<Boolean> again = waiting(() -> append(b, 1, 10, 19, 1));
    underWay.answered(a, 1);
    underWay.answered(b, 2); // another connection has numbers of its own
    assertThat(again).isNotDone();
    underWay.answered(a, 2);
    assertThat(again.join()).isTrue();
    assertThat(handled).endsWith("10-19");
  }

  @Test
  void whoHasWaitedForTooLongIsRefused() {
    append(a, 1, 10, 12, 1);
    CompletableFuture<Boolean> again = waiting(() -> append(b, 1, 12, 19, 1));
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(EntriesUnderWay.PATIENCE_MS + 1));
    assertThat(again.join()).isFalse();
    assertThat(handled).containsExactly("10-12");
    assertThat(append(a, 2, 13, 13, 1)).isTrue();
  }

  @Test
  void aHeartbeatWaitsUntilEntriesThatReplaceOthersAreInTheLog() {
    append(a, 1, 8, 9, 2);
    CompletableFuture<Boolean> beat = waiting(this::heartbeat);
    log.term = 2;
    assertThat(beat.join()).isTrue();
    assertThat(handled).containsExactly("8-9", "heartbeat");
    log.term = 3;
    CompletableFuture<Boolean> next = waiting(this::heartbeat);
    underWay.answered(a, 1);
    assertThat(next.join()).isTrue();
  }

  @Test
  void aVoteWaitsForAllEntries() {
    append(a, 1, 10, 12, 1);
    CompletableFuture<Boolean> vote = waiting(this::vote);
    underWay.answered(a, 1);
    assertThat(vote.join()).isTrue();
  }

  @Test
  void whatAConnectionBroughtIsOverWhenItIsFinished() {
    append(a, 1, 10, 12, 1);
    append(b, 1, 13, 15, 1);
    CompletableFuture<Boolean> again = waiting(() -> append(c, 1, 10, 12, 1));
    underWay.finished(a);
    assertThat(underWay.isUnderWay(a)).isFalse();
    assertThat(underWay.isUnderWay(b)).isTrue();
    assertThat(again).isNotDone();
    underWay.finished(b);
    assertThat(again.join()).isTrue();
  }

  @Test
  void entriesOfAConnectionThatHasEndedAreOverASecondAfterTheyWereSeenToBeWritten() {
    append(a, 1, 10, 12, 1);
    assertThat(underWay.isUnderWay(a)).isTrue();
    end(a);
    assertThat(underWay.isUnderWay(a)).isFalse();
    log.next = 13;
    log.written = 11;
    CompletableFuture<Boolean> again = waiting(() -> append(b, 1, 10, 12, 1));
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    looksOnce();
    log.written = 12;
    looksOnce();
    assertThat(again).as("Ratis may not have noticed it yet").isNotDone();
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    assertThat(again.join()).isTrue();
  }

  /** Waits until what waits has seen everything that was changed before. */
  private void looksOnce() {
    long looked = looks.get();
    await().until(() -> looks.get() > looked + 3);
  }

  @Test
  void ofEntriesThatReplaceOthersNothingTellsWhenTheyAreWritten() {
    append(a, 1, 8, 9, 2);
    log.term = 2; // in the log, while those of term 1 are on the disk, also up to 9
    end(a);
    CompletableFuture<Boolean> again = waiting(() -> append(b, 1, 8, 9, 2));
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    looksOnce();
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    looksOnce();
    assertThat(again).isNotDone();
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    assertThat(again.join()).isFalse();
  }

  @Test
  void entriesOfAConnectionThatHasEndedAreForgottenAfterAMinute() {
    append(a, 1, 20, 22, 1); // refused, because 10 to 19 are not there, and nobody was told
    end(a);
    time.addAndGet(TimeUnit.SECONDS.toNanos(59));
    CompletableFuture<Boolean> again = waiting(() -> append(b, 1, 10, 22, 1));
    time.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(again.join()).isTrue();
  }

  @Test
  void whatComesAfterTheEndOfItsConnectionIsNotHandled() {
    append(a, 1, 10, 12, 1);
    end(a);
    append(a, 2, 13, 15, 1);
    assertThat(handled).containsExactly("10-12");
    assertThat(append(b, 1, 13, 15, 1)).isTrue();
  }

  @Test
  void aPartOfASnapshotFollowsOnOneOfTheSameConnection() {
    assertThat(snapshot(a, 1)).as("nothing has begun it").isFalse();
    assertThat(snapshot(a, 0)).isTrue();
    assertThat(snapshot(a, 1)).isTrue();
    assertThat(snapshot(b, 0)).as("the sender begins anew").isTrue();
    assertThat(snapshot(a, 2)).as("another one is received").isFalse();
    assertThat(snapshot(b, 1)).isTrue();
    b.isOver = true;
    assertThat(snapshot(b, 2)).as("the one before has failed").isFalse();
    assertThat(handled).containsExactly("part 0", "part 1", "part 0", "part 1");
  }

  @Test
  void aPartOfASnapshotWaitsForAllEntries() {
    append(a, 1, 10, 12, 1);
    CompletableFuture<Boolean> part = waiting(() -> snapshot(b, 0));
    underWay.answered(a, 1);
    assertThat(part.join()).isTrue();
  }

  @Test
  void requestsAreHandledOneAtATime() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    CompletableFuture<Boolean> first =
        CompletableFuture.supplyAsync(
            () ->
                underWay.append(
                    new Append(a, 1, 10, 10, 1),
                    () -> {
                      inside.countDown();
                      awaitQuietly(leave);
                      handled.add("first");
                    }));
    inside.await();
    Thread second = new Thread(() -> append(b, 1, 11, 11, 1));
    second.start();
    await().until(() -> second.getState() == Thread.State.WAITING);
    assertThat(handled).isEmpty();
    leave.countDown();
    assertThat(first.join()).isTrue();
    second.join();
    assertThat(handled).containsExactly("first", "11-11");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatCouldNotBeHandledIsNotUnderWay() {
    assertThatThrownBy(
            () ->
                underWay.append(
                    new Append(a, 1, 10, 12, 1),
                    () -> {
                      throw new IllegalStateException("as Ratis would");
                    }))
        .hasMessage("as Ratis would");
    assertThat(append(b, 1, 10, 12, 1)).isTrue();
  }
}
