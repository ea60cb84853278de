package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.EricException;
import io.eric.Payload;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.log.redis.RedisStore;
import io.eric.options.RedisStoreOptions;
import io.eric.options.RetentionOptions;
import io.eric.testing.RedisServer;
import io.eric.testing.RequiresCommand;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a log when Redis dies, hangs, forgets, or serves somebody else. */
@RequiresCommand("redis-server")
class RedisFailureTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path dir;
  private final List<MessageStore> opened = new ArrayList<>();
  private final RedisStoreOptions options =
      new RedisStoreOptions().setReconnectMin(20).setReconnectMax(200).setTimeout(1_000);
  private Vertx vertx;
  private RedisServer server;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    opened.forEach(store -> store.close().await());
    vertx.close().await();
    if (server != null) {
      server.close();
    }
  }

  private RedisStore store() {
    RedisStore store = RedisStore.create(vertx, options.setUri(server.uri()));
    opened.add(store);
    return store;
  }

  private LogUser open(MessageStore store) {
    return LogUser.open(vertx, store, "channel", RetentionOptions.DEFAULT);
  }

  /** Appends one message, again until it is acknowledged; how often it failed. */
  private static int insist(LogUser user, String type) {
    for (int failures = 0; ; failures++) {
      try {
        user.broadcast(type);
        return failures;
      } catch (EricException e) {
        assertThat(e).isInstanceOfAny(UnavailableException.class, RepositoryException.class);
        assertThat(failures).as("attempts to append, last: %s", e.toString()).isLessThan(10_000);
      }
    }
  }

  private static void awaitHealth(RedisStore store, boolean ok) {
    Awaitility.await().atMost(PATIENCE).until(() -> (store.problem() == null) == ok);
  }

  // Ownership

  @Test
  void whoOpenedAChannelEarlierCanWriteNoMore() {
    server = RedisServer.keepingAll(dir);
    RedisStore firstStore = store();
    LogUser first = open(firstStore);
    first.broadcast("a");
    RedisStore secondStore = store();
    LogUser second = open(secondStore);
    assertThatThrownBy(() -> first.broadcast("x"))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("channel channel was opened by another process");
    second.broadcast("b");
    assertThatThrownBy(() -> first.commit("ann", 1)).isInstanceOf(RepositoryException.class);
    assertThat(firstStore.problem()).contains("channel channel");
    assertThat(secondStore.problem()).isNull();
    assertThatThrownBy(() -> first.await(first.log::delete))
        .isInstanceOf(RepositoryException.class);
    assertThat(second.read(0, "ann")).containsExactly("1a", "2b");
    assertThat(open(store()).read(0, "ann")).containsExactly("1a", "2b");
  }

  @Test
  void whoLostAChannelWhileItWasCutOffFindsOutWhenItIsBack() {
    server = RedisServer.keepingAll(dir);
    LogUser first = open(store());
    first.broadcast("a");
    LogUser second = open(store());
    second.broadcast("b");
    server.kill();
    server.start();
    insist(second, "c");
    assertThatThrownBy(() -> first.broadcast("x"))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("another process");
    assertThat(second.read(0, "ann")).containsExactly("1a", "2b", "3c");
  }

  @Test
  void whoLostAChannelCannotBringBackWhatWasDeleted() {
    server = RedisServer.keepingAll(dir);
    LogUser first = open(store());
    first.broadcast("a");
    LogUser second = open(store());
    second.await(second.log::delete);
    assertThatThrownBy(() -> first.broadcast("x")).isInstanceOf(RepositoryException.class);
    assertThat(server.send("KEYS", "eric:channel:*")).isEqualTo("*0\r\n");
  }

  // Death and return

  @Test
  void nothingAcknowledgedIsLostWhenRedisIsKilledDuringAppends() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    LogUser user = open(store);
    String epoch = user.log.epoch();
    for (int round = 0; round < 3; round++) {
      Thread killer =
          new Thread(
              () -> {
                server.kill();
                server.start();
              });
      killer.start();
      do {
        insist(user, "a");
      } while (killer.isAlive());
      insist(user, "b");
    }
    long last = user.get(user.log::lastSequence);
    assertThat(sequences(user)).isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
    LogUser again = open(store());
    assertThat(again.log.epoch()).isEqualTo(epoch);
    assertThat(sequences(again)).isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
  }

  private static List<Long> sequences(LogUser user) {
    return user.slice(0, "ann", ALL, ALL).entries().stream()
        .peek(entry -> assertThat(entry.type()).doesNotStartWith("_eric"))
        .map(Entry::sequence)
        .toList();
  }

  @Test
  void whatRedisForgetsIsPutBackFromMemory() {
    server = RedisServer.keepingNothing(dir);
    LogUser user = open(store());
    user.broadcast("a");
    user.dispatch("ann", "b");
    user.dispatch("bob", "c");
    user.register("ann", new Registration(0, Registration.State.STARTED));
    user.commit("ann", 1);
    server.kill();
    server.start();
    insist(user, "d");
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b", "4d");
    user.commit("bob", 3);
    awaitSettled();
    LogUser again = open(store());
    assertThat(again.log.epoch()).isEqualTo(user.log.epoch());
    assertThat(again.read(0, "ann")).containsExactly("1a", "2b", "4d");
    assertThat(again.read(0, "bob")).containsExactly("1a", "3c", "4d");
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("ann", 1L, "bob", 3L));
    assertThat(again.get(again.log::registered)).containsOnlyKeys("ann");
  }

  /** Waits until Redis has everything back: somebody else who opens before takes it for lost. */
  private void awaitSettled() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> server.send("HGET", "eric:channel:channel:head", "run").length() > 20);
  }

  @Test
  void whatIsNotInMemoryEitherIsOneGapAndNeverAHole() {
    options.setRecentBytes(2 * LogUser.SIZE);
    server = RedisServer.keepingNothing(dir);
    LogUser user = open(store());
    user.broadcast("a", "b", "c", "d", "e");
    server.kill();
    server.start();
    insist(user, "f");
    assertThat(user.read(0, "ann")).containsExactly("[1-3 3 overflow]", "4d", "5e", "6f");
    assertThat(user.read(3, "ann")).containsExactly("4d", "5e", "6f");
    awaitSettled();
    LogUser again = open(store());
    assertThat(again.log.epoch()).isEqualTo(user.log.epoch());
    assertThat(again.read(0, "ann")).containsExactly("[1-3 null overflow]", "4d", "5e", "6f");
  }

  @Test
  void theEpochChangesWhenBothDiedAndALossCannotBeExcluded() {
    server =
        RedisServer.start(dir, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "");
    RedisStore store = store();
    LogUser user = open(store);
    user.broadcast("a", "b");
    store.close().await();
    server.kill();
    server.start();
    LogUser again = open(store());
    assertThat(again.log.epoch()).isNotEqualTo(user.log.epoch());
    String third = again.log.epoch();
    assertThat(open(store()).log.epoch()).isEqualTo(third);
  }

  @Test
  void aCursorBeyondWhatIsLeftIsMovedToTheEnd() {
    server = RedisServer.keepingNothing(dir);
    RedisStore store = store();
    LogUser user = open(store);
    user.broadcast("a", "b", "c");
    server.send("SAVE");
    user.broadcast("d");
    user.commit("ann", 4);
    server.send("SET", "unrelated", "1");
    server.send("HSET", "eric:channel:channel:head", "last", "3");
    server.send("HSET", "eric:channel:channel:head", "run", "another");
    store.close().await();
    LogUser again = open(store());
    assertThat(again.log.epoch()).isNotEqualTo(user.log.epoch());
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("ann", 3L));
  }

  // Hanging

  @Test
  void whatHangsFailsInTimeAndRecoversByItself() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    LogUser user = open(store);
    user.broadcast("a");
    server.pause();
    long before = System.nanoTime();
    assertThatThrownBy(() -> user.broadcast("x")).isInstanceOf(UnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PATIENCE);
    awaitHealth(store, false);
    assertThat(store.problem()).contains(server.uri()).contains("no answer within");
    server.resume();
    // Redis finds the failed append in its socket now. It must not come through.
    insist(user, "b");
    awaitHealth(store, true);
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b");
    assertThat(open(store()).read(0, "ann")).containsExactly("1a", "2b");
  }

  @Test
  void aHangIsFoundOutWithoutTraffic() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    open(store);
    awaitHealth(store, true);
    server.pause();
    awaitHealth(store, false);
    server.resume();
    awaitHealth(store, true);
  }

  @Test
  void whatIsDownForLongFailsAtOnceUntilItIsBack() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    LogUser user = open(store);
    server.kill();
    assertThatThrownBy(() -> user.broadcast("x")).isInstanceOf(UnavailableException.class);
    for (int i = 0; i < 1000; i++) { // 1000 times the time-out would be a quarter of an hour
      assertThatThrownBy(() -> user.broadcast("x")).isInstanceOf(UnavailableException.class);
    }
    assertThatThrownBy(() -> open(store)).isInstanceOf(UnavailableException.class);
    assertThat(store.problem()).startsWith("no connection to Redis at unix://");
    server.start();
    insist(user, "a");
    assertThat(user.read(0, "ann")).containsExactly("1a");
  }

  @Test
  void aRequestBeyondTheBoundFailsAtOnce() {
    server = RedisServer.keepingAll(dir);
    options.setMaxPending(1);
    RedisStore store = store();
    LogUser user = open(store);
    LogUser other = LogUser.open(vertx, store, "other", RetentionOptions.DEFAULT);
    server.kill();
    awaitHealth(store, false);
    var waiting = user.log.append(List.of(user.entry(1, null, "a")));
    assertThatThrownBy(() -> other.broadcast("x")).isInstanceOf(UnavailableException.class);
    server.start();
    assertThat(waiting).isNotNull();
  }

  // Meddling

  @Test
  void whatSomebodyRemovedFromTheStreamIsAGap() {
    options.setRecentBytes(0);
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    user.broadcast("a", "b", "c");
    server.send("XDEL", "eric:channel:channel:log", "1-2");
    assertThat(user.read(0, "ann")).containsExactly("1a", "[2-2 1 overflow]", "3c");
  }

  @Test
  void scriptsThatWereFlushedAreLoadedAgain() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    server.send("SCRIPT", "FLUSH");
    insist(user, "a");
    user.broadcast("b");
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b");
  }

  @Test
  void aServerWithoutMemoryRefusesAndNothingOfTheBatchIsReadable() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    user.broadcast("a");
    server.send("CONFIG", "SET", "maxmemory", "1");
    assertThatThrownBy(() -> user.broadcast("x", "y"))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("OOM");
    server.send("CONFIG", "SET", "maxmemory", "0");
    user.broadcast("b");
    assertThat(open(store()).read(0, "ann")).containsExactly("1a", "2b");
  }

  @Test
  void aServerThatWantsAPasswordIsNamedWithoutIt() {
    server = RedisServer.start(dir, "--requirepass", "secret", "--save", "");
    RedisStore store = store();
    assertThatThrownBy(() -> open(store)).isInstanceOf(UnavailableException.class);
    assertThat(store.problem()).contains("NOAUTH");
  }

  // Eviction

  private static final ChannelDefinition DEFINITION =
      new ChannelDefinition("channel", new io.vertx.core.json.JsonObject());

  @Test
  void aServerThatEvictsKeysIsRefusedUntilItDoesNot() {
    server = RedisServer.start(dir, "--maxmemory-policy", "allkeys-lru", "--save", "");
    RedisStore store = store();
    assertThatThrownBy(() -> store.connected().await())
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("maxmemory-policy is allkeys-lru")
        .hasMessageContaining("store.redis.acceptEviction");
    assertThatThrownBy(() -> open(store)).isInstanceOf(UnavailableException.class);
    server.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
    awaitHealth(store, true);
    open(store).broadcast("a");
  }

  @Test
  void aServerThatEvictsKeysIsTakenIfThatIsAccepted() {
    options.setAcceptEviction(true);
    server = RedisServer.start(dir, "--maxmemory-policy", "allkeys-lru", "--save", "");
    RedisStore store = store();
    store.connected().await();
    open(store).broadcast("a");
  }

  @Test
  void policiesThatSpareKeysWithoutATimeToLiveAreNoDanger() {
    server = RedisServer.start(dir, "--maxmemory-policy", "volatile-lru", "--save", "");
    store().connected().await();
  }

  @Test
  void aHeadThatVanishesUnderAHubIsMadeAnew() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    store.define(DEFINITION).await();
    LogUser user = open(store);
    user.register("ann", new Registration(0, Registration.State.STARTED));
    user.broadcast("a", "b");
    server.send("DEL", "eric:channel:channel:head");
    user.broadcast("c");
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b", "3c");
    user.commit("ann", 1);
    assertThat(store.problem()).isNull();
    LogUser again = open(store());
    assertThat(again.read(0, "ann")).containsExactly("1a", "2b", "3c");
    assertThat(again.get(again.log::registered)).containsOnlyKeys("ann");
  }

  @Test
  void aLogThatVanishesUnderAHubIsOneGap() {
    options.setRecentBytes(0);
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    store.define(DEFINITION).await();
    LogUser user = open(store);
    user.broadcast("a", "b", "c");
    server.send("DEL", "eric:channel:channel:log");
    user.broadcast("d");
    assertThat(user.read(0, "ann")).containsExactly("[1-3 3 overflow]", "4d");
    LogUser again = open(store());
    assertThat(again.read(3, "ann")).containsExactly("4d");
  }

  @Test
  void aLogThatVanishesUnderAHubIsPutBackFromMemory() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    user.broadcast("a", "b", "c");
    server.send("DEL", "eric:channel:channel:log");
    user.broadcast("d");
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b", "3c", "4d");
    assertThat(open(store()).read(0, "ann")).containsExactly("1a", "2b", "3c", "4d");
  }

  @Test
  void whoOpensAChannelWhoseHeadHasVanishedTellsItsListeners() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    user.register("ann", new Registration(0, Registration.State.STARTED));
    user.broadcast("a", "b");
    server.send("DEL", "eric:channel:channel:head");
    LogUser again = open(store());
    assertThat(again.log.epoch()).isNotEqualTo(user.log.epoch());
    assertThat(again.get(again.log::registered)).containsOnlyKeys("ann");
    assertThat(again.read(0, "ann")).containsExactly("[1-1 null epoch]");
    again.broadcast("c");
    assertThat(open(store()).read(1, "ann")).containsExactly("2c");
  }

  @Test
  void whoOpensAChannelWhoseLogHasVanishedTellsItsListeners() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    user.broadcast("a", "b");
    user.commit("ann", 1);
    server.send("DEL", "eric:channel:channel:log");
    LogUser again = open(store());
    assertThat(again.log.epoch()).isNotEqualTo(user.log.epoch());
    assertThat(again.read(1, "ann")).containsExactly("[3-3 null epoch]");
    assertThat(open(store()).log.epoch()).isEqualTo(again.log.epoch());
  }

  @Test
  void aChannelThatVanishesWithItsDefinitionIsAnErrorOfItsOwn() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    LogUser user = open(store);
    user.broadcast("a");
    server.send("DEL", "eric:channel:channel:head");
    assertThatThrownBy(() -> user.broadcast("x"))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("has vanished from the store")
        .hasMessageNotContaining("another process");
    assertThat(store.problem()).contains("channel channel has vanished");
  }

  @Test
  void whatClientsAreToldHasNoAddress() {
    server = RedisServer.keepingAll(dir);
    RedisStore store = store();
    LogUser user = open(store);
    server.kill();
    awaitHealth(store, false);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> user.broadcast("x"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageStartingWith("the store does not serve: ")
          .hasMessageNotContaining("redis.sock")
          .hasMessageNotContaining("unix:");
    }
    assertThat(store.problem()).contains(server.uri());
  }

  // What stands in Redis

  @Test
  void entriesArePlainJsonUnderTermAndSequence() {
    server = RedisServer.keepingAll(dir);
    LogUser user = open(store());
    Entry entry = new Entry(1, 42, "ann", "type", Payload.of(Map.of("x", 1)), "bob", "key");
    user.await(() -> user.log.append(List.of(entry)));
    assertThat(server.send("XRANGE", "eric:channel:channel:log", "-", "+"))
        .contains("1-1\r\n")
        .contains(
            "{\"at\":42,\"type\":\"type\",\"to\":\"ann\",\"from\":\"bob\",\"key\":\"key\"}\r\n")
        .contains("{\"x\":1}\r\n");
  }

  @Test
  void whatIsTrimmedLeavesRedisAlsoBetweenWhatIsKept() {
    server = RedisServer.keepingAll(dir);
    LogUser user =
        LogUser.open(vertx, store(), "channel", new RetentionOptions(0, 0, 0, 1000, 1 << 20, 0));
    user.broadcast("a");
    user.cursors.put("ann", 1L);
    user.cursors.put("bob", 1L);
    user.commit("ann", 1);
    user.commit("bob", 1);
    user.dispatch("ann", "b");
    user.dispatch("bob", "c", "d", "e");
    user.cursors.put("bob", 4L);
    user.trim();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> server.send("XLEN", "eric:channel:channel:log").equals(":2\r\n"));
    LogUser again =
        LogUser.open(vertx, store(), "channel", new RetentionOptions(0, 0, 0, 1000, 1 << 20, 0));
    assertThat(again.read(1, "ann")).containsExactly("2b");
    assertThat(again.read(4, "bob")).containsExactly("5e");
    assertThat(again.read(1, "bob")).containsExactly("[2-4 null expired]", "5e");
    assertThat(again.get(again.log::lastSequence)).isEqualTo(5);
  }

  @Test
  void whatAllHadReadIsNoGapAfterACrashAlthoughTheirCursorsWereNotCommitted() {
    RetentionOptions noHistory = new RetentionOptions(0, 0, 0, 1000, 1 << 20, 0);
    server = RedisServer.keepingAll(dir);
    LogUser user = LogUser.open(vertx, store(), "channel", noHistory);
    user.commit("ann", 0);
    user.broadcast("a", "b", "c");
    user.cursors.put("ann", 2L);
    user.trim();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> server.send("XLEN", "eric:channel:channel:log").equals(":1\r\n"));
    LogUser again = LogUser.open(vertx, store(), "channel", noHistory);
    long cursor = again.get(again.log::committed).get("ann");
    assertThat(again.read(cursor, "ann")).containsExactly("3c");
  }
}
