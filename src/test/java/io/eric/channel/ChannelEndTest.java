package io.eric.channel;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.internal.core.ChannelLife;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However a channel ends, and whoever ends it twice: its log is closed, and not too early. */
class ChannelEndTest {

  private final Vertx vertx = Vertx.vertx();
  private final WatchedStore store = new WatchedStore();
  private final ChannelContainer channels =
      new ChannelContainer(vertx, store, new SSEChannelOptions());
  private final Turning channel = new Turning();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private void open() {
    await(channels.start());
    await(channels.register(channel));
    assertThat(store.open).hasSize(1);
  }

  /** Nothing closes this container; its channels end with the verticle that made it. */
  @Test
  void aVerticleWithAContainerOfItsOwnMayBeDeployedAgain() {
    for (int life = 0; life < 2; life++) {
      String id = await(vertx.deployVerticle(new Embedding()));
      await(vertx.undeploy(id));
    }
  }

  private static final class Embedding extends VerticleBase {
    @Override
    public Future<?> start() {
      ChannelContainer own =
          new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());
      return own.start().compose(started -> own.create("news", null));
    }
  }

  @Test
  void cursorsThatCannotBeStoredDoNotKeepTheLogOpen() {
    open();
    store.failing = "commit";
    await(channels.close());
    assertThat(store.open).as("open logs").isEmpty();
  }

  @Test
  void whoLeavesClosesItsLogWhenItIsStopped() {
    open();
    await(channels.leave("x", true));
    assertThat(store.open).as("open logs").isEmpty();
    assertThat(channel.state()).isEqualTo(ChannelLife.State.CLOSED);
  }

  @Test
  void theLogOfAChannelThatIsBeingRemovedIsNotClosedBeforeItIsDeleted() {
    open();
    store.deletion = Promise.promise();
    Future<Void> removed = channels.rm("x");
    await().untilAsserted(() -> assertThat(store.ends).containsExactly("delete"));
    Future<Void> closed = channels.close();
    await(channel.turn()); // it was told to stop before
    assertThat(store.ends).containsExactly("delete");
    store.deletion.complete();
    await(Future.join(removed, closed));
    assertThat(store.ends).containsExactly("delete", "close");
  }

  @Test
  void aChannelCanBeDeployedAgain() {
    open();
    await(channels.rm("x"));
    await().untilAsserted(() -> assertThat(vertx.deploymentIDs()).isEmpty());
    await(channels.register(channel));
    assertThat(channel.state()).isEqualTo(ChannelLife.State.OPEN);
    assertThat(await(channel.getConnections())).hasSize(1);
  }

  private static final class Turning extends SSEChannel {
    private Turning() {
      super(new SSEChannelOptions().setId("x"));
    }

    /** Completed when all that the channel's context was told before is done. */
    private Future<Void> turn() {
      Promise<Void> turn = Promise.promise();
      context.runOnContext(v -> turn.complete());
      return turn.future();
    }
  }
}
