package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.Payload;
import io.eric.RepositoryException;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store must do, as tests for JUnit 5. The test of a store of your own extends this
 * class, overrides the two abstract methods, and may have more tests:
 *
 * <pre>{@code
 * class ShelfStoreTest extends MessageStoreContract {
 *   @Override
 *   protected MessageStore createStore(Vertx vertx) {
 *     return new ShelfStore();
 *   }
 *
 *   @Override
 *   protected boolean isDurable() {
 *     return false;
 *   }
 * }
 * }</pre>
 *
 * <p>Each test has a Vert.x and a store of its own, and closes them. Logs are used as channels do,
 * on contexts of that Vert.x. A store over {@code ChannelLog} has order, retention and gaps from
 * it; the suite then judges what the store's {@code LogStorage} does. Tests of what outlives a
 * process are skipped for a store that is not durable, and the other way round.
 */
public abstract class MessageStoreContract {

  private static final int ANY = Integer.MAX_VALUE;
  private static final long LONG = 3_600_000;

  /** Keeps nothing that all have read. */
  private static final RetentionOptions NO_HISTORY =
      new RetentionOptions(0, 0, 0, 1000, 1 << 20, 0);

  private Vertx vertx;
  private MessageStore store;
  private LogUser user;

  /** For subclasses; JUnit creates an instance per test. */
  protected MessageStoreContract() {}

  /**
   * Creates a store on this test's storage, which is empty at first: each test needs a directory, a
   * name or a prefix of its own. Called on the test's thread, where it may wait. Called again in
   * the same test, after the earlier store was closed, it creates a store as another process would
   * find it.
   *
   * @param vertx the test's Vert.x, which the test closes after its stores
   * @return a store, which the test closes
   */
  protected abstract MessageStore createStore(Vertx vertx);

  /**
   * Says whether what was acknowledged is there after closing and creating the store again. Then a
   * log has its epoch, messages, cursors, registrations and keys again, and the store its
   * definitions in their order. Otherwise a log starts afresh, with another epoch.
   *
   * @return the same for all tests of the class
   */
  protected abstract boolean isDurable();

  @BeforeEach
  void openOneLog() {
    vertx = Vertx.vertx();
    store = createStore(vertx);
    user = open("channel", RetentionOptions.DEFAULT);
  }

  /** Closes Vert.x whatever becomes of the store, so that its threads do not outlive the test. */
  @AfterEach
  void closeAll() {
    try {
      closeStore();
    } finally {
      vertx.close().await();
    }
  }

  private void closeStore() {
    MessageStore last = store;
    store = null;
    if (last != null) {
      last.close().await();
    }
  }

  private LogUser open(String channelId, RetentionOptions retention) {
    return LogUser.open(vertx, store, channelId, retention);
  }

  private LogUser reopen() {
    return reopen(user);
  }

  private LogUser reopen(LogUser last) {
    last.await(last.log::close);
    closeStore();
    store = createStore(vertx);
    return open("channel", RetentionOptions.DEFAULT);
  }

  private static RetentionOptions history(int messages, long bytes, long ageMs) {
    return new RetentionOptions(messages, bytes, ageMs, 1000, 1 << 20, 0);
  }

  // Appending and reading

  @Test
  void aNewLogIsEmpty() {
    assertThat(user.get(user.log::lastSequence)).isZero();
    assertThat(user.get(user.log::firstSequence)).isEqualTo(1);
    assertThat(user.get(user.log::usage)).isEqualTo(MessageLog.Usage.NONE);
    assertThat(user.get(user.log::committed)).isEmpty();
    assertThat(user.hasAfter(0, "ann")).isFalse();
    assertThat(user.slice(0, "ann", ANY, ANY)).isEqualTo(new Slice(List.of(), 0, true));
  }

  @Test
  void anEpochNamesOneLogAndHoldsNoDash() {
    LogUser other = open("other", RetentionOptions.DEFAULT);
    assertThat(user.log.epoch()).matches("[0-9a-z]{1,8}").isNotEqualTo(other.log.epoch());
  }

  @Test
  void whatWasAppendedIsReadAsItWas() {
    Entry full = new Entry(1, 42, "ann", "type", Payload.of("päyload"), "bob", "key");
    Entry bare = new Entry(2, 43, null, "t", Payload.NULL, null, null);
    user.await(() -> user.log.append(List.of(full, bare)));
    assertThat(user.slice(0, "ann", ANY, ANY).entries()).containsExactly(full, bare);
    assertThat(user.get(user.log::lastSequence)).isEqualTo(2);
  }

  @Test
  void aListenerReadsBroadcastsAndItsDispatchesInTheOrderOfTheirAppends() {
    user.broadcast("a");
    user.dispatch("ann", "b");
    user.dispatch("bob", "c");
    user.broadcast("d");
    user.dispatch("ann", "e", "f");
    user.dispatch("bob", "g");
    user.broadcast("h");
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b", "4d", "5e", "6f", "8h");
    assertThat(user.read(0, "bob")).containsExactly("1a", "3c", "4d", "7g", "8h");
    assertThat(user.read(0, "eve")).containsExactly("1a", "4d", "8h");
  }

  @Test
  void aReaderWithoutAnIdSeesBroadcastsOnly() {
    user.dispatch("ann", "a");
    user.broadcast("b");
    assertThat(user.read(0, null)).containsExactly("2b");
  }

  @Test
  void aReadStartsAfterTheCursor() {
    user.broadcast("a", "b");
    user.dispatch("ann", "c", "d");
    assertThat(user.read(1, "ann")).containsExactly("2b", "3c", "4d");
    assertThat(user.read(3, "ann")).containsExactly("4d");
    assertThat(user.read(4, "ann")).isEmpty();
    assertThat(user.read(9, "ann")).isEmpty();
  }

  @Test
  void aReadIsBoundedInMessages() {
    user.broadcast("a", "b", "c");
    Slice first = user.slice(0, "ann", 2, ANY);
    assertThat(first.entries()).map(user::show).containsExactly("1a", "2b");
    assertThat(first.through()).isEqualTo(2);
    assertThat(first.atEnd()).isFalse();
    Slice second = user.slice(2, "ann", 2, ANY);
    assertThat(second.entries()).map(user::show).containsExactly("3c");
    assertThat(second.atEnd()).isTrue();
  }

  @Test
  void aReadStopsOnceItHasReachedItsBytes() {
    user.broadcast("a", "b", "c");
    assertThat(user.slice(0, "ann", ANY, LogUser.SIZE + 1).entries()).hasSize(2);
    assertThat(user.slice(0, "ann", ANY, LogUser.SIZE).entries()).hasSize(1);
  }

  @Test
  void aReadGivesAtLeastOneMessageHoweverLarge() {
    user.broadcast("a", "b");
    assertThat(user.slice(0, "ann", ANY, 1).entries()).map(user::show).containsExactly("1a");
  }

  @Test
  void aReadThatEndsWithTheBoundKnowsThatItIsAtTheEnd() {
    user.broadcast("a", "b");
    assertThat(user.slice(0, "ann", 2, ANY).atEnd()).isTrue();
  }

  @Test
  void atTheEndTheCursorPassesWhatIsForOthers() {
    user.broadcast("a");
    user.dispatch("bob", "b", "c");
    Slice slice = user.slice(0, "ann", ANY, ANY);
    assertThat(slice.through()).isEqualTo(3);
    assertThat(slice.atEnd()).isTrue();
    assertThat(user.slice(1, "ann", 1, ANY)).isEqualTo(new Slice(List.of(), 3, true));
  }

  @Test
  void beforeTheEndTheCursorStopsAtTheLastMessageRead() {
    user.broadcast("a");
    user.dispatch("bob", "b");
    user.broadcast("c");
    assertThat(user.slice(0, "ann", 1, ANY).through()).isEqualTo(1);
  }

  @Test
  void hasAfterSeesOnlyWhatIsForTheListener() {
    user.dispatch("ann", "a");
    assertThat(user.hasAfter(0, "ann")).isTrue();
    assertThat(user.hasAfter(1, "ann")).isFalse();
    assertThat(user.hasAfter(0, "bob")).isFalse();
    assertThat(user.hasAfter(0, null)).isFalse();
    user.broadcast("b");
    assertThat(user.hasAfter(1, "ann")).isTrue();
    assertThat(user.hasAfter(1, "bob")).isTrue();
    assertThat(user.hasAfter(1, null)).isTrue();
  }

  @Test
  void usageCountsWhatIsKeptAndWhoseItIs() {
    user.broadcast("a");
    user.dispatch("ann", "b", "c");
    assertThat(user.get(user.log::usage)).isEqualTo(new MessageLog.Usage(3, 3L * LogUser.SIZE));
    assertThat(user.get(() -> user.log.usageOf("ann")))
        .isEqualTo(new MessageLog.Usage(2, 2L * LogUser.SIZE));
    assertThat(user.get(() -> user.log.usageOf("bob"))).isEqualTo(MessageLog.Usage.NONE);
    user.dropOldestOf("ann", 1);
    assertThat(user.get(user.log::usage)).isEqualTo(new MessageLog.Usage(2, 2L * LogUser.SIZE));
    assertThat(user.get(() -> user.log.usageOf("ann")))
        .isEqualTo(new MessageLog.Usage(1, LogUser.SIZE));
  }

  @Test
  void aLogGrowsAsFarAsMemoryAllows() {
    user = open("wide", new RetentionOptions(ANY, Long.MAX_VALUE, LONG, ANY, Long.MAX_VALUE, 0));
    for (int i = 0; i < 20; i++) {
      user.broadcastMany(500);
      user.dispatch("ann", "d");
    }
    List<String> read = user.read(0, "ann");
    assertThat(read).hasSize(20 * 501).startsWith("1x").endsWith("10020d");
    assertThat(user.read(9_900, "bob")).hasSize(119);
  }

  // History

  @Test
  void historyKeepsTheNewestMessagesThatAllHaveRead() {
    user = open("h", history(2, 1 << 20, LONG));
    user.broadcast("a", "b", "c");
    user.trim();
    assertThat(user.messages()).isEqualTo(2);
    assertThat(user.get(user.log::firstSequence)).isEqualTo(2);
  }

  @Test
  void historyIsBoundedInBytes() {
    user = open("h", history(1000, 2L * LogUser.SIZE, LONG));
    user.broadcast("a", "b", "c");
    user.trim();
    assertThat(user.messages()).isEqualTo(2);
  }

  @Test
  void historyIsBoundedInAge() {
    user = open("h", history(1000, 1 << 20, 100));
    user.broadcast("a");
    user.now += 60;
    user.broadcast("b");
    user.now += 40;
    user.trim();
    assertThat(user.messages()).isEqualTo(2);
    user.now += 1;
    user.trim();
    assertThat(user.get(user.log::firstSequence)).isEqualTo(2);
    user.now += 60;
    user.trim();
    assertThat(user.messages()).isZero();
    assertThat(user.get(user.log::firstSequence)).isEqualTo(3);
  }

  @Test
  void aBroadcastStaysUntilTheSlowestListenerHasReadIt() {
    user = open("h", NO_HISTORY);
    user.broadcast("a", "b", "c");
    user.cursors.put("ann", 1L);
    user.cursors.put("bob", 3L);
    user.trim();
    assertThat(user.read(1, "ann")).containsExactly("2b", "3c");
    assertThat(user.messages()).isEqualTo(2);
    user.cursors.put("ann", 3L);
    user.trim();
    assertThat(user.messages()).isZero();
  }

  @Test
  void aDispatchStaysUntilItsListenerHasReadItWhateverOthersDo() {
    user = open("h", NO_HISTORY);
    user.dispatch("ann", "a");
    user.dispatch("bob", "b");
    user.broadcast("c");
    user.cursors.put("ann", 0L);
    user.cursors.put("bob", 3L);
    user.trim();
    assertThat(user.read(0, "ann")).containsExactly("1a", "3c");
    assertThat(user.messages()).isEqualTo(2);
    user.cursors.put("ann", 1L);
    user.trim();
    assertThat(user.messages()).isEqualTo(1);
  }

  @Test
  void aDispatchToAnUnknownListenerDoesNotStay() {
    user = open("h", NO_HISTORY);
    user.dispatch("gone", "a");
    user.trim();
    assertThat(user.messages()).isZero();
  }

  @Test
  void manyStoppedListenersDoNotKeepAReadersMessagesForEver() {
    user = open("h", NO_HISTORY);
    for (int i = 0; i < 100; i++) {
      user.cursors.put("stopped" + i, 0L);
      user.dispatch("stopped" + i, "s");
    }
    user.dispatch("ann", "a");
    user.cursors.put("ann", 101L);
    for (int i = 0; i < 100; i++) {
      user.trim();
    }
    assertThat(user.get(() -> user.log.usageOf("ann"))).isEqualTo(MessageLog.Usage.NONE);
    assertThat(user.messages()).isEqualTo(100);
  }

  @Test
  void whoReadsFromBeforeHistoryIsToldWhatIsGone() {
    user = open("h", history(2, 1 << 20, LONG));
    user.broadcast("a", "b", "c", "d", "e");
    user.trim();
    assertThat(user.read(0, "ann")).containsExactly("[1-3 3 expired]", "4d", "5e");
    assertThat(user.read(2, "ann")).containsExactly("[3-3 1 expired]", "4d", "5e");
    assertThat(user.read(3, "ann")).containsExactly("4d", "5e");
  }

  @Test
  void messagesOlderThanTheirTimeToLiveGoReadOrNot() {
    user = open("h", new RetentionOptions(1000, 1 << 20, LONG, 1000, 1 << 20, 100));
    user.cursors.put("ann", 0L);
    user.broadcast("a");
    user.dispatch("ann", "b");
    user.now += 50;
    user.broadcast("c");
    user.now += 50;
    user.trim();
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b", "3c");
    user.now += 1;
    user.trim();
    assertThat(user.read(0, "ann")).containsExactly("[1-2 2 expired]", "3c");
  }

  // Limit and overflow

  @Test
  void theLimitIsExceededByMessagesOrByBytes() {
    user = open("m", new RetentionOptions(0, 0, 0, 2, 1 << 20, 0));
    user.broadcast("a", "b");
    assertThat(user.get(user.log::isOverLimit)).isFalse();
    user.broadcast("c");
    assertThat(user.get(user.log::isOverLimit)).isTrue();
    user.dropOldest(1);
    assertThat(user.get(user.log::isOverLimit)).isFalse();
    user = open("b", new RetentionOptions(0, 0, 0, 1000, LogUser.SIZE, 0));
    user.broadcast("a");
    assertThat(user.get(user.log::isOverLimit)).isFalse();
    user.broadcast("b");
    assertThat(user.get(user.log::isOverLimit)).isTrue();
  }

  @Test
  void aListenerThatLaggedBehindAnOverflowGetsOneGapWithTheCount() {
    user.broadcast("a", "b", "c", "d", "e");
    user.dropOldest(3);
    assertThat(user.read(0, "ann")).containsExactly("[1-3 3 overflow]", "4d", "5e");
    assertThat(user.read(1, "ann")).containsExactly("[2-3 2 overflow]", "4d", "5e");
    assertThat(user.read(3, "ann")).containsExactly("4d", "5e");
  }

  @Test
  void aGapIsAJsonObjectOfExactlyThisForm() {
    user.broadcast("a", "b", "c");
    user.dropOldest(2);
    String epoch = user.log.epoch();
    Entry gap = user.slice(0, "ann", 1, ANY).entries().get(0);
    assertThat(gap.type()).isEqualTo("_eric_gap");
    assertThat(gap.sequence()).isEqualTo(2);
    assertThat(gap.payload())
        .hasToString(
            "{\"from\":\"%s-1\",\"to\":\"%s-2\",\"missed\":2,\"reason\":\"overflow\"}"
                .formatted(epoch, epoch));
  }

  @Test
  void aGapCountsAsOneMessage() {
    user.broadcast("a", "b", "c", "d");
    user.dropOldest(2);
    Slice slice = user.slice(0, "ann", 2, ANY);
    assertThat(slice.entries()).map(user::show).containsExactly("[1-2 2 overflow]", "3c");
    assertThat(slice.through()).isEqualTo(3);
    Slice gapOnly = user.slice(0, "ann", 1, ANY);
    assertThat(gapOnly.entries()).map(user::show).containsExactly("[1-2 2 overflow]");
    assertThat(gapOnly.through()).isEqualTo(2);
    assertThat(gapOnly.atEnd()).isFalse();
  }

  @Test
  void whenNothingIsLeftAGapTellsSo() {
    user.broadcast("a", "b");
    user.dispatch("bob", "c");
    user.dropOldest(3);
    assertThat(user.hasAfter(0, "ann")).isTrue();
    Slice slice = user.slice(0, "ann", ANY, ANY);
    assertThat(slice.entries()).map(user::show).containsExactly("[1-2 2 overflow]");
    assertThat(slice.through()).isEqualTo(3);
    assertThat(slice.atEnd()).isTrue();
    assertThat(user.hasAfter(2, "ann")).isFalse();
    assertThat(user.read(2, "ann")).isEmpty();
    assertThat(user.read(2, "bob")).containsExactly("[3-3 1 overflow]");
  }

  @Test
  void aLostDispatchToAnotherListenerIsNoGap() {
    user.broadcast("a");
    user.dispatch("bob", "b", "c");
    user.broadcast("d");
    user.dropOldestOf("bob", 1);
    assertThat(user.read(0, "ann")).containsExactly("1a", "4d");
    assertThat(user.read(0, "bob")).containsExactly("1a", "[2-2 1 overflow]", "3c", "4d");
  }

  @Test
  void droppingOnesOldestDispatchLeavesEverythingElse() {
    user.dispatch("bob", "a");
    user.dispatch("ann", "b", "c");
    user.broadcast("d");
    user.dropOldestOf("ann", 1);
    user.dropOldestOf("eve", 1);
    assertThat(user.get(user.log::firstSequence)).isEqualTo(1);
    assertThat(user.read(0, "ann")).containsExactly("[1-2 1 overflow]", "3c", "4d");
    assertThat(user.read(0, "bob")).containsExactly("1a", "4d");
  }

  @Test
  void retainedMessagesAreNeverInsideAGap() {
    user.dispatch("ann", "a", "b");
    user.broadcast("c");
    user.dispatch("ann", "d", "e");
    user.dropOldestOf("ann", 3);
    assertThat(user.read(0, "ann"))
        .containsExactly("[1-2 2 overflow]", "3c", "[4-4 1 overflow]", "5e");
  }

  @Test
  void droppingFromAnEmptyLogDoesNothing() {
    user.dropOldest(1);
    user.dropOldestOf("ann", 1);
    assertThat(user.get(user.log::usage)).isEqualTo(MessageLog.Usage.NONE);
    user.broadcast("a");
    assertThat(user.read(0, "ann")).containsExactly("1a");
  }

  @Test
  void aListenerWithDispatchesOnlyKnowsHowManyItMissed() {
    for (int i = 0; i < 5; i++) {
      user.dispatch("ann", "a");
      user.dispatch("bob", "b");
    }
    user.dropOldest(7);
    assertThat(user.read(0, "ann")).containsExactly("[1-7 4 overflow]", "9a");
    assertThat(user.read(3, "ann")).containsExactly("[4-7 2 overflow]", "9a");
  }

  @Test
  void theSlowestListenerKnowsHowManyItMissedInALongMixedLog() {
    user = open("mixed", new RetentionOptions(10, 1 << 20, LONG, 1000, 1 << 20, 0));
    user.cursors.put("ann", 5L);
    user.cursors.put("bob", 5L);
    appendMixed(2000);
    user.trim();
    user.dropOldest(5895);
    // Of each three: a broadcast, a dispatch to ann, one to bob. 5900 is a dispatch to ann.
    assertThat(user.read(5, "ann").get(0)).isEqualTo("[6-5900 3930 overflow]");
  }

  @Test
  void anyListenerThatHasCommittedKnowsHowManyItMissedInALongMixedLog() {
    user.cursors.put("ann", 2L);
    user.cursors.put("bob", 5L);
    appendMixed(2000);
    user.commit("bob", 5);
    user.commit("ann", 2);
    user.dropOldest(5900);
    assertThat(user.read(5, "bob").get(0)).isEqualTo("[6-5899 3930 overflow]");
    assertThat(user.read(2, "ann").get(0)).isEqualTo("[3-5900 3932 overflow]");
  }

  @Test
  void aCountThatIsNotKnownIsNull() {
    appendMixed(2000);
    user.dropOldest(5900);
    assertThat(user.read(77, "ann").get(0)).isEqualTo("[78-5900 null overflow]");
  }

  private void appendMixed(int rounds) {
    List<Entry> batch = new ArrayList<>();
    for (long i = 0; i < rounds; i++) {
      batch.add(user.entry(i * 3 + 1, null, "x"));
      batch.add(user.entry(i * 3 + 2, "ann", "a"));
      batch.add(user.entry(i * 3 + 3, "bob", "b"));
    }
    user.await(() -> user.log.append(batch));
  }

  @Test
  void theOldestIsUnreadByWhoItIsForAndHasNotReadIt() {
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("ann", 0))).isFalse();
    user.dispatch("ann", "a");
    user.broadcast("b");
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("ann", 0))).isTrue();
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("ann", 1))).isFalse();
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("bob", 0))).isFalse();
    user.dropOldest(1);
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("bob", 1))).isTrue();
    assertThat(user.get(() -> user.log.oldestIsUnreadBy("bob", 2))).isFalse();
  }

  // Listeners that come and go

  @Test
  void forgettingAListenerDropsItsDispatchesAndItsLosses() {
    user.dispatch("ann", "a", "b");
    user.broadcast("c");
    user.dispatch("bob", "d");
    user.dropOldestOf("ann", 1);
    user.commit("ann", 1);
    user.commit("bob", 2);
    user.await(() -> user.log.forget("ann"));
    assertThat(user.read(0, "ann")).containsExactly("3c");
    assertThat(user.read(0, "bob")).containsExactly("3c", "4d");
    assertThat(user.messages()).isEqualTo(2);
    assertThat(user.get(user.log::committed)).containsExactly(Map.entry("bob", 2L));
  }

  @Test
  void forgettingAnUnknownListenerDoesNothing() {
    user.broadcast("a");
    user.await(() -> user.log.forget("ann"));
    assertThat(user.read(0, "ann")).containsExactly("1a");
  }

  @Test
  void aListenerOfAForgottenNameStartsAfresh() {
    user.dispatch("ann", "a");
    user.await(() -> user.log.forget("ann"));
    user.dispatch("ann", "b");
    assertThat(user.read(1, "ann")).containsExactly("2b");
    assertThat(user.get(() -> user.log.usageOf("ann")).messages()).isEqualTo(1);
  }

  @Test
  void aCommitKeepsTheCursorsItDoesNotName() {
    user.await(() -> user.log.commit(Map.of("ann", 1L, "bob", 2L)));
    user.await(() -> user.log.commit(Map.of("bob", 3L)));
    assertThat(user.get(user.log::committed)).isEqualTo(Map.of("ann", 1L, "bob", 3L));
  }

  // Channels, closing, deleting

  @Test
  void channelsDoNotSeeEachOther() {
    List<LogUser> users =
        IntStream.range(0, 8).mapToObj(i -> open("channel" + i, RetentionOptions.DEFAULT)).toList();
    users.parallelStream()
        .forEach(
            each -> {
              for (int i = 0; i < 50; i++) {
                each.broadcast("a");
                each.dispatch("ann", "b");
              }
            });
    Set<String> epochs = new HashSet<>();
    for (LogUser each : users) {
      assertThat(each.read(0, "ann")).hasSize(100).startsWith("1a", "2b").endsWith("99a", "100b");
      epochs.add(each.log.epoch());
    }
    assertThat(epochs).hasSize(8);
  }

  @Test
  void aClosedLogRefusesAndClosesAgain() {
    user.broadcast("a");
    user.await(user.log::close);
    user.await(user.log::close);
    assertRefuses();
  }

  @Test
  void aDeletedLogIsClosedAndGone() {
    user.broadcast("a");
    user.commit("ann", 1);
    String epoch = user.log.epoch();
    user.await(user.log::delete);
    assertRefuses();
    LogUser again = open("channel", RetentionOptions.DEFAULT);
    assertThat(again.log.epoch()).isNotEqualTo(epoch);
    assertThat(again.read(0, "ann")).isEmpty();
    assertThat(again.get(again.log::committed)).isEmpty();
  }

  private void assertRefuses() {
    List<Entry> batch = List.of(user.entry(2, null, "b"));
    assertThatThrownBy(() -> user.await(() -> user.log.append(batch)))
        .isInstanceOf(RepositoryException.class);
    assertThatThrownBy(() -> user.read(0, "ann")).isInstanceOf(RepositoryException.class);
    assertThatThrownBy(() -> user.commit("ann", 1)).isInstanceOf(RepositoryException.class);
    assertThatThrownBy(() -> user.await(() -> user.log.forget("ann")))
        .isInstanceOf(RepositoryException.class);
  }

  @Test
  void aClosedStoreOpensNothing() {
    MessageStore closed = store;
    closeStore();
    assertThatThrownBy(() -> LogUser.open(vertx, closed, "late", RetentionOptions.DEFAULT))
        .isInstanceOf(RepositoryException.class);
  }

  @Test
  void aNewStoreHasNoDefinitions() {
    assertThat(store.definitions().await()).isEmpty();
  }

  @Test
  void aRegisteredListenerIsKeptInOrderUntilItIsForgotten() {
    user.register("zoe", new Registration(0, Registration.State.NEW));
    user.register("ann", new Registration(0, Registration.State.NEW));
    user.register("bob", new Registration(0, Registration.State.STARTED));
    user.register("zoe", new Registration(0, Registration.State.STOPPED));
    user.await(() -> user.log.forget("ann"));
    assertThat(user.get(user.log::registered))
        .containsExactly(
            Map.entry("zoe", new Registration(0, Registration.State.STOPPED)),
            Map.entry("bob", new Registration(0, Registration.State.STARTED)));
    assertThat(user.get(user.log::committed)).isEmpty();
  }

  // Stores that outlive the process

  @Test
  void listenersAreThereAfterReopening() {
    assumeTrue(isDurable(), "the store is durable");
    user.broadcast("a", "b");
    for (int i = 9; i >= 0; i--) {
      user.register("listener" + i, new Registration(1, Registration.State.NEW));
    }
    user.register("listener5", new Registration(1, Registration.State.STOPPED));
    user.register("listener8", new Registration(2, Registration.State.STARTED));
    user.await(() -> user.log.forget("listener3"));
    user.commit("listener8", 2);
    LogUser again = reopen();
    Map<String, Registration> listeners = again.get(again.log::registered);
    assertThat(listeners.keySet())
        .containsExactly(
            "listener9",
            "listener8",
            "listener7",
            "listener6",
            "listener5",
            "listener4",
            "listener2",
            "listener1",
            "listener0");
    assertThat(listeners)
        .containsEntry("listener9", new Registration(1, Registration.State.NEW))
        .containsEntry("listener5", new Registration(1, Registration.State.STOPPED))
        .containsEntry("listener8", new Registration(2, Registration.State.STARTED));
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("listener8", 2L));
    again.register("listener3", new Registration(2, Registration.State.NEW));
    LogUser third = reopen(again);
    assertThat(third.get(third.log::registered).keySet()).hasSize(10).endsWith("listener3");
  }

  @Test
  void definitionsAreThereAfterReopeningInOrder() {
    assumeTrue(isDurable(), "the store is durable");
    for (String id : List.of("zebra", "channel", "ape", "cat")) {
      LogUser each = id.equals("channel") ? user : open(id, RetentionOptions.DEFAULT);
      define(each, id, new JsonObject().put("retry", 1));
      if (id.equals("ape")) {
        each.await(each.log::delete);
      } else if (each != user) {
        each.await(each.log::close);
      }
    }
    JsonObject changed = new JsonObject().put("limit", new JsonObject().put("bytes", 1L << 40));
    define(user, "zebra", changed);
    List<ChannelDefinition> expected =
        List.of(
            new ChannelDefinition("zebra", changed),
            new ChannelDefinition("channel", new JsonObject().put("retry", 1)),
            new ChannelDefinition("cat", new JsonObject().put("retry", 1)));
    assertThat(store.definitions().await()).isEqualTo(expected);
    LogUser again = reopen();
    assertThat(store.definitions().await()).isEqualTo(expected);
    LogUser ape = open("ape", RetentionOptions.DEFAULT);
    define(ape, "ape", new JsonObject());
    reopen(again);
    assertThat(store.definitions().await())
        .map(ChannelDefinition::id)
        .containsExactly("zebra", "channel", "cat", "ape");
  }

  private void define(LogUser on, String id, JsonObject options) {
    on.await(() -> store.define(new ChannelDefinition(id, options)));
  }

  @Test
  void aLogThatWasClosedIsOpenedAgainByTheSameStore() {
    assumeTrue(isDurable(), "the store is durable");
    user.broadcast("a");
    user.dispatch("ann", "b", "c");
    user.broadcast("d");
    user.commit("ann", 2);
    user.register("ann", new Registration(0, Registration.State.STARTED));
    user.dropOldestOf("ann", 1);
    user.await(user.log::close);
    LogUser again = open("channel", RetentionOptions.DEFAULT);
    assertThat(again.log.epoch()).isEqualTo(user.log.epoch());
    assertThat(again.read(2, "ann")).containsExactly("3c", "4d");
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("ann", 2L));
    assertThat(again.get(again.log::registered)).containsOnlyKeys("ann");
    again.broadcast("e");
    assertThat(reopen(again).read(3, "ann")).containsExactly("4d", "5e");
  }

  @Test
  void whatWasAcknowledgedIsThereAfterReopening() {
    assumeTrue(isDurable(), "the store is durable");
    user.broadcast("a");
    user.dispatch("ann", "b");
    user.commit("ann", 1);
    String epoch = user.log.epoch();
    LogUser again = reopen();
    assertThat(again.log.epoch()).isEqualTo(epoch);
    assertThat(again.get(again.log::lastSequence)).isEqualTo(2);
    assertThat(again.read(0, "ann")).containsExactly("1a", "2b");
    assertThat(again.read(0, "bob")).containsExactly("1a");
    assertThat(again.get(again.log::committed)).isEqualTo(Map.of("ann", 1L));
    again.broadcast("c");
    assertThat(again.read(2, "ann")).containsExactly("3c");
  }

  @Test
  void publishersKeysAreKnownAfterReopening() {
    assumeTrue(isDurable(), "the store is durable");
    user.broadcast("a");
    user.publish("ann", "first key");
    user.publish(null, "second key");
    user.broadcast("b");
    LogUser again = reopen();
    assertThat(again.get(again.log::keys))
        .containsExactly(
            new MessageLog.KeptKey("first key", 2, user.now),
            new MessageLog.KeptKey("second key", 3, user.now));
  }

  @Test
  void aForgottenListenerStaysForgottenAfterReopening() {
    assumeTrue(isDurable(), "the store is durable");
    user.dispatch("ann", "a");
    user.commit("ann", 0);
    user.await(() -> user.log.forget("ann"));
    user.broadcast("b");
    LogUser again = reopen();
    assertThat(again.read(0, "ann")).containsExactly("2b");
    assertThat(again.get(again.log::committed)).isEmpty();
  }

  @Test
  void aReopenedLogHasEverythingOrAGap() {
    assumeTrue(isDurable(), "the store is durable");
    user.broadcast("a", "b", "c");
    user.dropOldest(2);
    assertThat(reopen().read(0, "ann"))
        .isIn(
            List.of("1a", "2b", "3c"),
            List.of("[1-2 2 overflow]", "3c"),
            List.of("[1-2 null expired]", "3c"),
            List.of("[1-2 null overflow]", "3c"));
  }

  @Test
  void aLogThatIsNotDurableStartsAfreshWithAnotherEpoch() {
    assumeTrue(!isDurable(), "the store is not durable");
    user.broadcast("a");
    user.commit("ann", 1);
    String epoch = user.log.epoch();
    LogUser again = reopen();
    assertThat(again.log.epoch()).isNotEqualTo(epoch);
    assertThat(again.get(again.log::lastSequence)).isZero();
    assertThat(again.get(again.log::committed)).isEmpty();
  }
}
