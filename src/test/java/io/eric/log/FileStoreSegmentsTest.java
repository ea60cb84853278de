package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.UnavailableException;
import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions.Fsync;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a file store takes and frees the disk, and how it bounds what waits. */
class FileStoreSegmentsTest {

  private static final RetentionOptions NO_HISTORY =
      new RetentionOptions(0, 0, 0, 1_000_000, 1 << 30, 0);

  @TempDir private Path dir;
  private Vertx vertx;
  private StoreFiles files;
  private FileStore store;

  @BeforeEach
  void makeVertx() {
    vertx = Vertx.vertx();
    files = new StoreFiles(vertx, dir);
  }

  @AfterEach
  void closeAll() {
    store.close().await();
    vertx.close().await();
  }

  private LogUser user(String channel) {
    return LogUser.open(vertx, store, channel, NO_HISTORY);
  }

  private static void fill(LogUser user, int batches) {
    for (int i = 0; i < batches; i++) {
      user.broadcastMany(500); // 20 KiB on the disk
    }
  }

  private void awaitSegments(int atMost) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(store.status().segments()).isLessThanOrEqualTo(atMost));
  }

  @Test
  void segmentsThatNobodyNeedsAreDeletedAlsoWhenNothingIsWritten() throws Exception {
    store = files.open();
    LogUser user = user("c");
    user.cursors.put("ann", 0L);
    fill(user, 40);
    assertThat(store.status().segments()).isGreaterThan(5);
    long before = store.status().diskBytes();
    user.cursors.put("ann", user.get(user.log::lastSequence));
    user.trim();
    awaitSegments(1);
    assertThat(store.status().diskBytes()).isLessThan(before / 5);
    assertThat(files.segments()).hasSize(1);
  }

  @Test
  void aStragglersSegmentsStayAndThoseBetweenGo() {
    store = files.open();
    LogUser slow = user("slow");
    LogUser fast = user("fast");
    slow.cursors.put("ann", 0L);
    slow.broadcast("a");
    fill(fast, 40);
    fast.trim();
    awaitSegments(2);
    slow.broadcast("b");
    slow.await(slow.log::close);
    fast.await(fast.log::close);
    files.killed();
    store.close().await();
    store = files.open();
    assertThat(user("slow").read(0, "ann")).containsExactly("1a", "2b");
    LogUser again = user("fast");
    assertThat(again.get(again.log::lastSequence)).isEqualTo(20_000);
    assertThat(again.messages()).isLessThan(20_000);
    again.broadcast("c");
    assertThat(again.read(20_000, "bob")).containsExactly("20001c");
  }

  @Test
  void whatIsKnownOfChannelsOutlivesTheSegmentsThatSaidIt() {
    store = files.open();
    LogUser known = user("known");
    known.await(
        () -> store.define(new ChannelDefinition("known", new JsonObject().put("retry", 3))));
    known.register("ann", new Registration(0, Registration.State.STARTED));
    known.commit("ann", 0);
    known.dispatch("gone", "g");
    known.await(() -> known.log.forget("gone"));
    known.dispatch("gone", "n");
    LogUser fast = user("fast");
    fill(fast, 40);
    fast.trim();
    known.broadcast("k");
    files.killed();
    store.close().await();
    store = files.open();
    assertThat(store.definitions().await())
        .containsExactly(new ChannelDefinition("known", new JsonObject().put("retry", 3)));
    LogUser again = user("known");
    assertThat(again.log.epoch()).isEqualTo(known.log.epoch());
    assertThat(again.get(again.log::registered)).containsOnlyKeys("ann");
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("ann", 0L));
    assertThat(again.read(0, "gone")).containsExactly("2n", "3k");
    assertThat(again.read(0, "ann")).containsExactly("3k");
  }

  @Test
  void aDeletedChannelDoesNotComeBackAndFreesItsDisk() {
    store = files.open();
    LogUser user = user("c");
    fill(user, 40);
    user.await(user.log::delete);
    awaitSegments(1);
    files.killed();
    store.close().await();
    store = files.open();
    assertThat(user("c").messages()).isZero();
  }

  @Test
  void atTheDisksLimitTheOldestIsGivenUpAsOverflow() {
    files.options.setDiskLimit(256 << 10);
    store = files.open();
    LogUser closed = user("closed");
    closed.broadcast("a", "b");
    closed.await(closed.log::close);
    LogUser slow = user("slow");
    slow.cursors.put("ann", 0L);
    slow.broadcast("a", "b");
    slow.dispatch("ann", "c");
    LogUser fast = user("fast");
    fast.cursors.put("bob", 0L);
    fill(fast, 60);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(slow.messages()).isZero());
    slow.broadcast("d");
    assertThat(slow.read(0, "ann")).containsExactly("[1-3 3 overflow]", "4d");
    assertThat(fast.read(0, "bob").get(0)).matches("\\[1-\\d+ \\d+ overflow\\]");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(store.status().diskBytes()).isLessThanOrEqualTo((256 + 192) << 10));
    assertThat(store.status().overflowed()).isPositive();
    assertThat(user("closed").read(0, "eve")).containsExactly("[1-2 null overflow]");
    slow.await(slow.log::close);
    files.killed();
    store.close().await();
    store = files.open();
    assertThat(user("slow").read(0, "ann")).containsExactly("[1-3 null overflow]", "4d");
  }

  @Test
  void cursorsAreForcedSoonAndMessagesFirstWhereThatIsPromised() {
    files.options.setFsync(Fsync.ALWAYS);
    store = files.open();
    LogUser user = user("c");
    long before = store.status().forced();
    user.broadcast("a");
    assertThat(store.status().forced()).isGreaterThan(before);
    user.commit("ann", 1);
    long committed = store.status().forced();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> store.status().forced() > committed || committed > before + 1);
  }

  @Test
  void whenTooMuchWaitsAppendsAreRefusedAndTheRestIsWritten() {
    files.options.setQueueBytes(64 << 10).setFsync(Fsync.ALWAYS);
    store = files.open();
    List<MessageLog> logs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      logs.add(store.open("c" + i, NO_HISTORY).await());
    }
    List<Future<Void>> appends = new ArrayList<>();
    for (MessageLog log : logs) {
      appends.add(log.append(List.of(StoreFiles.entry(1, null, 30_000))));
    }
    int refused = 0;
    for (int i = 0; i < logs.size(); i++) {
      try {
        appends.get(i).await();
        assertThat(logs.get(i).lastSequence()).isEqualTo(1);
      } catch (UnavailableException e) {
        refused++;
        assertThat(logs.get(i).lastSequence()).isZero();
      }
    }
    assertThat(refused).isPositive().isLessThan(40);
    assertThat(store.status().refused()).isEqualTo(refused);
    for (MessageLog log : logs) {
      log.append(List.of(StoreFiles.entry(log.lastSequence() + 1, null, 30_000))).await();
    }
  }

  @Test
  void manySmallFilesAreRefusedByName() {
    store = files.open();
    files.options.setDiskLimit(1L << 40);
    assertThatThrownBy(files::open)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("segmentBytes")
        .hasMessageContaining("diskLimit");
  }
}
