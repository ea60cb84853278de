package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.options.RetentionOptions;
import io.eric.testing.AllRead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a former owner can do to a log that another node owns: nothing. */
class FencingTest {

  private static HazelcastForTests hazelcast;
  private static int logs;

  private final AtomicInteger lost = new AtomicInteger();
  private Vertx vertx;
  private ContextInternal context;
  private String channel;

  @BeforeAll
  static void start() {
    hazelcast = new HazelcastForTests();
  }

  @AfterAll
  static void stop() {
    hazelcast.close();
  }

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    context = ((VertxInternal) vertx).createEventLoopContext();
    channel = "fenced" + logs++;
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aFormerOwnerAppendsNothingAndLearnsThatItIsNoneAnyMore() throws Exception {
    MessageLog old = open(1);
    get(() -> old.append(List.of(entry(1))));
    MessageLog now = open(2);

    assertThat(failure(() -> old.append(List.of(entry(2)))))
        .isInstanceOf(UnavailableException.class);
    assertThat(lost).hasValue(1);
    get(() -> now.append(List.of(entry(2))));
    assertThat(sequences(open(3))).containsExactly(1L, 2L);
  }

  @Test
  void aFormerOwnerAppendsNothingWhereTheNewOneHasWrittenAndTrimmed() throws Exception {
    MessageLog old = open(1);
    get(() -> old.append(List.of(entry(1))));
    MessageLog now = open(2);
    for (long sequence = 2; sequence <= 5; sequence++) {
      Entry entry = entry(sequence);
      get(() -> now.append(List.of(entry)));
    }
    run(() -> now.trim(new AllRead(), Long.MAX_VALUE / 2));
    get(() -> now.append(List.of(entry(6)))); // carries the trim

    assertThat(failure(() -> old.append(List.of(entry(2)))))
        .isInstanceOf(UnavailableException.class);
    assertThat(sequences(open(3))).containsExactly(6L);
  }

  @Test
  void anOwnerOfAnOlderTermCannotOpenTheLog() throws Exception {
    open(2);
    assertThat(
            failure(
                () -> hazelcast.store(vertx, 1, lost::incrementAndGet).open(channel, options())))
        .isInstanceOf(UnavailableException.class);
    assertThat(lost).hasValue(1);
  }

  @Test
  void theEpochSurvivesEveryChangeOfOwner() throws Exception {
    String epoch = open(1).epoch();
    assertThat(open(2).epoch()).isEqualTo(epoch);
  }

  @Test
  void aBatchThatWasNeverCountedIsReplacedByTheNextOwners() throws Exception {
    MessageLog old = open(1);
    get(() -> old.append(List.of(entry(1))));
    byte[] stray = java.nio.ByteBuffer.allocate(9).putLong(1).put((byte) 0).array();
    hazelcast.map().put(new LogKey(channel, 1), stray);

    MessageLog now = open(2);
    get(() -> now.append(List.of(entry(2))));
    assertThat(sequences(open(3))).containsExactly(1L, 2L);
  }

  @Test
  void lostBatchesGiveTheLogAnotherEpoch() throws Exception {
    MessageLog old = open(1);
    for (long sequence = 1; sequence <= 3; sequence++) {
      Entry entry = entry(sequence);
      get(() -> old.append(List.of(entry)));
    }
    hazelcast.map().delete(new LogKey(channel, 1));

    MessageLog now = open(2);
    assertThat(now.epoch()).isNotEqualTo(old.epoch());
    assertThat(now.lastSequence()).isEqualTo(3);
    assertThat(sequences(now)).containsExactly(3L);
    assertThat(open(3).epoch()).isEqualTo(now.epoch());
  }

  private MessageLog open(long term) throws Exception {
    return get(() -> hazelcast.store(vertx, term, lost::incrementAndGet).open(channel, options()));
  }

  private static RetentionOptions options() {
    return new RetentionOptions(1, 1 << 20, 3_600_000, 1000, 1 << 20, 0);
  }

  private static Entry entry(long sequence) {
    return new Entry(
        sequence, System.currentTimeMillis(), null, "t", Payload.NULL, null, "k" + sequence);
  }

  private List<Long> sequences(MessageLog log) throws Exception {
    return get(() -> log.read(log.firstSequence() - 1, null, 100, 1 << 20)).entries().stream()
        .map(Entry::sequence)
        .toList();
  }

  private void run(Runnable action) throws Exception {
    get(
        () -> {
          action.run();
          return Future.succeededFuture();
        });
  }

  private <T> Future<T> on(Supplier<Future<T>> action) {
    var done = context.<T>promise();
    context.runOnContext(v -> action.get().onComplete(done));
    return done.future();
  }

  private <T> T get(Supplier<Future<T>> action) throws Exception {
    return on(action).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private <T> Throwable failure(Supplier<Future<T>> action) throws Exception {
    return on(action)
        .transform(done -> Future.succeededFuture(done.cause()))
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }
}
