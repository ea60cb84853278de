package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.RepositoryException;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the contract suite itself does: with the stores that it is given, and after a failure. */
class MessageStoreContractTest {

  @Test
  void eachStoreIsClosedOnceAlsoAfterAReopening() {
    Suite suite = new Suite(Future.succeededFuture());
    suite.openOneLog();
    suite.aLogThatIsNotDurableStartsAfreshWithAnotherEpoch();
    suite.closeAll();
    assertThat(suite.created).extracting(store -> store.closings).containsExactly(1, 1);
  }

  @Test
  void vertxIsClosedAlsoIfAStoreFailsToClose() {
    Suite suite = new Suite(Future.failedFuture(new RepositoryException("the disk is gone", null)));
    suite.openOneLog();
    Promise<Void> stopped = Promise.promise();
    suite.vertx.deployVerticle(new Witness(stopped)).await();
    assertThatThrownBy(suite::closeAll)
        .isInstanceOf(RepositoryException.class)
        .hasMessage("the disk is gone");
    assertThat(stopped.future().succeeded()).isTrue();
  }

  @Test
  void anEpochOfNineCharactersIsNone() {
    Suite suite =
        new Suite(
            Future.succeededFuture(),
            random -> (random + "-".repeat(9)).substring(0, 9).replace('-', '0'));
    suite.openOneLog();
    try {
      assertThatThrownBy(suite::anEpochNamesOneLogAndHoldsNoDash)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("[0-9a-z]{1,8}");
    } finally {
      suite.closeAll();
    }
  }

  @Test
  void aGapIsShownWithTheSameDigitsUnderEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-u-nu-arab"));
    Suite suite = new Suite(Future.succeededFuture());
    suite.openOneLog();
    try {
      LogUser user = LogUser.open(suite.vertx, suite.created.get(0), "c", RetentionOptions.DEFAULT);
      user.broadcast("a", "b", "c");
      user.dropOldest(2);
      assertThat(user.read(0, "ann").get(0)).isEqualTo("[1-2 2 overflow]");
    } finally {
      Locale.setDefault(before);
      suite.closeAll();
    }
  }

  /** The suite for stores that count how often they are closed. */
  private static final class Suite extends MessageStoreContract {
    private final List<CountingStore> created = new ArrayList<>();
    private final Future<Void> closing;
    private final UnaryOperator<String> epoch;
    private Vertx vertx;

    Suite(Future<Void> closing) {
      this(closing, UnaryOperator.identity());
    }

    Suite(Future<Void> closing, UnaryOperator<String> epoch) {
      this.closing = closing;
      this.epoch = epoch;
    }

    @Override
    protected MessageStore createStore(Vertx vertx) {
      this.vertx = vertx;
      CountingStore store = new CountingStore(closing, epoch);
      created.add(store);
      return store;
    }

    @Override
    protected boolean isDurable() {
      return false;
    }
  }

  private static final class CountingStore implements MessageStore {
    private final MessageStore store = MemoryStore.create();
    private final Future<Void> closing;
    private final UnaryOperator<String> epoch;
    private int closings;

    CountingStore(Future<Void> closing, UnaryOperator<String> epoch) {
      this.closing = closing;
      this.epoch = epoch;
    }

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return store.open(channelId, retention).map(this::withEpoch);
    }

    private MessageLog withEpoch(MessageLog log) {
      return (MessageLog)
          Proxy.newProxyInstance(
              MessageLog.class.getClassLoader(),
              new Class<?>[] {MessageLog.class},
              (proxy, method, arguments) ->
                  method.getName().equals("epoch")
                      ? epoch.apply(log.epoch())
                      : method.invoke(log, arguments));
    }

    @Override
    public Future<Void> close() {
      closings++;
      return store.close().compose(closed -> closing);
    }
  }

  /** Says that its Vert.x has been closed. */
  private static final class Witness extends VerticleBase {
    private final Promise<Void> stopped;

    Witness(Promise<Void> stopped) {
      this.stopped = stopped;
    }

    @Override
    public Future<?> stop() {
      stopped.complete();
      return Future.succeededFuture();
    }
  }
}
