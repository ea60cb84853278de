package io.eric.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.ReadOptions;
import io.eric.testing.Hub;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waiting for messages, in vain too. */
class TestReaderTest {

  @RegisterExtension static final EricExtension ERIC = new EricExtension();

  private Channel news;
  private TestReaders readers;

  @BeforeEach
  void create(EricClient client, TestReaders readers) {
    this.readers = readers;
    news = client.create("news").await();
  }

  private void publish(int... payloads) {
    for (int payload : payloads) {
      news.publish(Message.of("t", payload)).await();
    }
  }

  @Test
  void messagesAreTakenOneByOneOrSeveralInOrder() {
    TestReader<Message> watcher = readers.watch("news");
    publish(1, 2, 3, 4);
    assertThat(watcher.awaitNext().payload()).isEqualTo(1);
    assertThat(watcher.awaitNext(2)).extracting(Message::payload).containsExactly(2, 3);
    assertThat(watcher.awaitNext(Duration.ofSeconds(60)).payload()).isEqualTo(4);
    assertThatThrownBy(() -> watcher.awaitNext(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count is 0, it must be at least 1");
  }

  @Test
  void theMessagesBeforeTheOneThatIsWantedArePassedOver() {
    TestReader<Message> watcher = readers.watch("news");
    publish(1, 2, 3, 4);
    assertThat(watcher.awaitNext("three", message -> message.payload().equals(3)).id())
        .endsWith("-3");
    assertThat(watcher.awaitNext().payload()).isEqualTo(4);
  }

  @Test
  void aPredicateMayWaitForAnotherThreadThatUsesTheReader() {
    TestReader<Message> watcher = readers.watch("news");
    publish(1, 2);
    assertThat(
            watcher
                .awaitNext(
                    "one whose successor has come",
                    one ->
                        CompletableFuture.supplyAsync(watcher::awaitNext)
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join()
                            .payload()
                            .equals(2))
                .payload())
        .isEqualTo(1);
  }

  @Test
  void aReaderBeginsWhereItIsTold() {
    publish(1, 2);
    assertThat(readers.read("news", ReadOptions.watcher().earliest()).awaitNext(2))
        .extracting(Message::payload)
        .containsExactly(1, 2);
  }

  @Test
  void aWaitInVainNamesWhatItWaitedForAndWhatCame() {
    TestReader<Message> watcher = readers.watch("news");
    publish(IntStream.range(0, 12).toArray());
    watcher.awaitNext(12);
    assertThatThrownBy(() -> watcher.awaitNext(Duration.ofMillis(20)))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "waited for item 13 of a watcher of channel \"news\", which has not come within 20 ms;"
                + " before it came 12, the last ones [Message[type=t, payload=2,")
        .hasMessageContaining("payload=11,");
  }

  @Test
  void whatIsWantedIsNamedByTheTest() {
    TestReader<Message> watcher = readers.watch("news");
    publish(1);
    news.publish(Message.of("last", null)).await();
    watcher.awaitNext(2);
    watcher.close();
    assertThat(watcher.awaitEnd()).isEmpty();
    assertThatThrownBy(() -> watcher.awaitNext("the third order", message -> true))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "waited for the third order of a watcher of channel \"news\", which has ended; before"
                + " it came 2");
  }

  @Test
  void theEndGivesWhatWasNotTaken(EricClient client) {
    TestReader<Message> watcher = readers.watch("news");
    publish(1, 2);
    watcher.awaitNext();
    Hub.until(() -> watcher.available() == 1); // a channel is removed with what it has not sent yet
    client.remove("news").await();
    assertThat(watcher.awaitEnd())
        .extracting(Message::type)
        .containsExactly("t", Message.CHANNEL_CLOSED);
  }

  @Test
  void aFailureOfTheStreamIsTheCause() {
    TestReader<Message> none = readers.listen("news", "none");
    assertThatThrownBy(none::awaitNext)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "waited for item 1 of listener \"none\" of channel \"news\", which has failed: ")
        .hasCauseInstanceOf(InvalidListenerException.class);
    assertThat(none.awaitFailure()).isInstanceOf(InvalidListenerException.class);
  }

  @Test
  void aChannelThatDoesNotExistIsRefusedAtOnce() {
    assertThatThrownBy(() -> readers.watch("none"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("a watcher of channel \"none\" cannot be opened: ")
        .hasCauseInstanceOf(InvalidChannelException.class)
        .satisfies(
            refused ->
                assertThat(refused.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(getClass().getName())));
  }

  @Test
  void anyStreamMayBeTaken() {
    TestReader<?> reader = readers.of("the adapted messages", news.watch());
    assertThat(reader).isNotNull();
    reader.close();
    reader.awaitEnd();
  }

  @Test
  void aThreadOfVertxIsNotBlocked(Vertx vertx) {
    TestReader<Message> watcher = readers.watch("news");
    assertThat(thrownOn(vertx, watcher::awaitNext))
        .hasMessage("a thread of Vert.x must not wait for a watcher of channel \"news\"");
    assertThat(thrownOn(vertx, () -> readers.watch("news")))
        .hasMessage("a reader must not be opened on a thread of Vert.x");
  }

  private static Throwable thrownOn(Vertx vertx, Runnable call) {
    Promise<Throwable> thrown = Promise.promise();
    vertx.runOnContext(turn -> thrown.complete(catchThrowable(call::run)));
    return thrown.future().await();
  }
}
