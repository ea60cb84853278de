package io.eric.channel;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.PublishTimeouts;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A channel whose log takes time to open is not there until then, and whoever finds it can use it.
 */
class ChannelOpeningTest {

  private final Vertx vertx = Vertx.vertx();
  private final HeldStore store = new HeldStore();
  private final ChannelContainer channels =
      new ChannelContainer(vertx, store, new SSEChannelOptions());

  @BeforeEach
  void start() {
    await(channels.start());
  }

  @AfterEach
  void close() {
    await(channels.close());
    await(vertx.close());
  }

  @Test
  void itIsListedAndFoundWhenItAnswersAndInItsPlace() {
    Future<Channel> slow = channels.create("slow", null);
    Future<Channel> quick = channels.create("quick", null);
    store.release("quick");
    await(quick);

    assertThat(channels.getAllIds()).containsExactly("quick");
    assertThatThrownBy(() -> channels.get("slow")).isInstanceOf(InvalidChannelException.class);
    assertThat(await(channels.create("slow", null).transform(Future::succeededFuture)).cause())
        .isInstanceOf(InvalidChannelException.class)
        .hasMessageContaining("slow");

    store.release("slow");
    await(slow);
    assertThat(channels.getAllIds()).containsExactly("slow", "quick");
    assertThat(await(channels.get("slow").broadcast(Message.of("t", 1)))).endsWith("-1");
  }

  @Test
  void whatCannotBeOpenedWasNeverThere() {
    Future<Channel> broken = channels.create("broken", null);
    store.fail("broken");
    assertThat(await(broken.transform(Future::succeededFuture)).failed()).isTrue();
    assertThat(channels.getAllIds()).isEmpty();
    store.mend("broken");
    Future<Channel> again = channels.create("broken", null);
    store.release("broken");
    await(again);
    assertThat(channels.getAllIds()).containsExactly("broken");
  }

  @Test
  void aQuestionThatComesWhileItOpensWaitsUntilItIsOpen() {
    BusClient client = new BusClient(vertx);
    Future<Channel> slow = channels.create("slow", null);
    Future<Object> added = client.command(new Command.AddListener("slow", "bob"));
    Future<Published> published =
        client.publish(
            "slow", List.of(new Command.Publish("slow", null, "t", Payload.NULL, null, null)));
    askedMeanwhile();
    store.release("slow");
    assertThat(await(added)).isEqualTo("bob");
    assertThat(await(published).outcomes()).hasSize(1);
    await(slow);
  }

  @Test
  void aQuestionToOneThatCannotBeOpenedIsRefused() {
    Future<Channel> broken = channels.create("broken", null);
    Future<Object> added = new BusClient(vertx).command(new Command.AddListener("broken", "bob"));
    askedMeanwhile();
    store.fail("broken");
    assertThat(failure(added)).isInstanceOf(InvalidChannelException.class);
    assertThat(failure(broken)).isNotNull();
  }

  @Test
  void aQuestionDoesNotWaitForEver() {
    Future<Channel> slow = channels.create("slow", null);
    BusClient client = new BusClient(vertx, new PublishTimeouts(20, 50));
    assertThat(failure(client.command(new Command.AddListener("slow", "bob"))))
        .isInstanceOf(UnavailableException.class);
    store.release("slow");
    await(slow);
  }

  /** By the end of this, what was asked before has arrived wherever it goes. */
  private void askedMeanwhile() {
    Future<Channel> other = channels.create("other", null);
    store.release("other");
    await(other);
    await(new BusClient(vertx).command(new Command.AddListener("other", "bob")));
  }

  /** Opens a log when the test says so. */
  private static final class HeldStore implements MessageStore {
    private final MessageStore logs = MemoryStore.create();
    private final Map<String, Promise<Void>> held = new ConcurrentHashMap<>();

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return gate(channelId).future().compose(open -> logs.open(channelId, retention));
    }

    private Promise<Void> gate(String channelId) {
      return held.computeIfAbsent(channelId, id -> Promise.promise());
    }

    private void release(String channelId) {
      gate(channelId).complete();
    }

    private void fail(String channelId) {
      gate(channelId).fail(new IllegalStateException("no disk"));
    }

    private void mend(String channelId) {
      held.remove(channelId);
    }

    @Override
    public Future<Void> close() {
      return logs.close();
    }
  }
}
