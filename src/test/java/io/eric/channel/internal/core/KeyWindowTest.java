package io.eric.channel.internal.core;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.MessageLog.KeptKey;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyWindowTest {

  private static final int CAPACITY = 3;
  private static final long MAX_AGE_MS = 1_000;

  private final Vertx vertx = Vertx.vertx();
  private final Meters meters = Meters.of(vertx);
  private final KeyWindow keys = new KeyWindow(CAPACITY, MAX_AGE_MS, meters);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private PendingAppend begin(String key) {
    Publish publish = new Publish("x", null, "t", Payload.NULL, key, null);
    PendingAppend append = new PendingAppend(publish, new PendingBatch(1, outcomes -> {}), 0);
    keys.begin(key, append);
    return append;
  }

  private long sequence(String key, long now) {
    return Objects.requireNonNull(keys.find(key, now)).sequence();
  }

  @Test
  void aKeyUnderWayIsKnownHoweverManyAndHoweverOld() {
    PendingAppend oldest = begin("oldest");
    for (int i = 1; i <= 2 * CAPACITY; i++) {
      begin("k" + i);
    }
    keys.succeeded("k1", 1, 0);
    long late = 10 * MAX_AGE_MS;
    assertThat(Objects.requireNonNull(keys.find("oldest", late)).pending()).isSameAs(oldest);
  }

  @Test
  void ofTooManyKeysTheOldestAreForgotten() {
    for (int i = 1; i <= CAPACITY + 1; i++) {
      begin("k" + i);
      keys.succeeded("k" + i, i, 0);
    }
    assertThat(keys.find("k1", 0)).isNull();
    assertThat(sequence("k2", 0)).isEqualTo(2);
    assertThat(sequence("k4", 0)).isEqualTo(4);
    assertThat(meters.get(CounterName.KEYS_FORGOTTEN)).isEqualTo(1);
  }

  @Test
  void aKeyThatIsUsedAgainWhenItIsOldIsAsNew() {
    begin("k");
    keys.succeeded("k", 1, 0);
    long late = MAX_AGE_MS + 1;
    assertThat(keys.find("k", late)).isNull();
    begin("k");
    keys.succeeded("k", 2, late);
    assertThat(sequence("k", late)).isEqualTo(2);
    assertThat(meters.get(CounterName.KEYS_FORGOTTEN)).isZero();
  }

  @Test
  void keysOfAFormerOwnerAreAsOldAsTheyAreToEachOtherWhateverItsClock() {
    for (long clock : new long[] {-86_400_000, 0, 86_400_000}) {
      KeyWindow next = new KeyWindow(CAPACITY, MAX_AGE_MS, meters);
      long now = 1_000_000_000;
      next.restore(
          List.of(
              new KeptKey("old", 1, now + clock),
              new KeptKey("newer", 2, now + clock + MAX_AGE_MS),
              new KeptKey("newest", 3, now + clock + MAX_AGE_MS + 1)),
          now);
      assertThat(next.find("old", now)).isNull();
      assertThat(next.find("newer", now)).isNotNull();
      assertThat(next.find("newest", now + MAX_AGE_MS)).isNotNull();
      assertThat(next.find("newest", now + MAX_AGE_MS + 1)).isNull();
    }
  }

  @Test
  void theKeyOfAFailedPublishIsFree() {
    begin("k");
    keys.failed("k");
    assertThat(keys.find("k", 0)).isNull();
  }

  /** No key under way is looked at when another one succeeds. */
  @Test
  void keysUnderWayAreNoWorkForOthers() {
    begin("under way");
    for (int i = 1; i <= CAPACITY; i++) {
      begin("k" + i);
      keys.succeeded("k" + i, i, 0);
    }
    assertThat(keys.settled()).containsExactly("k2", "k3");
  }
}
