package io.eric.channel.internal;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.UnavailableException;
import io.eric.channel.ChannelContainer;
import io.eric.channel.SSEChannel;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamTallies;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.LogsOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An owner answers a statement when its node has proved that it may. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ChannelProofTest {

  private final Vertx vertx = Vertx.vertx();
  private final Cluster cluster = new Cluster();
  private final ChannelContainer channels =
      new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions(), new LogsOptions());

  @AfterEach
  void close() {
    await(channels.close());
    await(vertx.close());
  }

  private Future<Confirmed> state() {
    return new BusClient(vertx)
        .ask(
            "x",
            new ChannelRequest.Statement(
                "eric.edge.e", Session.NONE, 1_000, 0, StreamTallies.NONE, List.of()));
  }

  @Test
  void aStatementIsAnsweredAfterTheProofOnly() {
    channels.placedBy(cluster);
    await(channels.start());
    await(channels.register(new SSEChannel(new SSEChannelOptions().setId("x"))));

    Future<Confirmed> proven = state();
    await().until(() -> cluster.asked.size() == 1);
    assertThat(proven.isComplete()).isFalse();
    cluster.asked.remove().complete();
    assertThat(await(proven)).isNotNull();

    Future<Confirmed> unproven = state();
    await().until(() -> cluster.asked.size() == 1);
    cluster.asked.remove().fail(new UnavailableException("alone"));
    Throwable refusal = await(unproven.transform(done -> Future.succeededFuture(done.cause())));
    assertThat(refusal).isInstanceOf(UnavailableException.class).hasMessage("alone");
  }

  @Test
  void withoutAClusterThereIsNobodyToProveItTo() {
    await(channels.start());
    await(channels.create("x", null));
    assertThat(await(state())).isNotNull();
    assertThat(cluster.asked).isEmpty();
  }

  /** A cluster of which this node owns everything. */
  private static final class Cluster implements Placement {
    private final Queue<Promise<Void>> asked = new ConcurrentLinkedQueue<>();

    @Override
    public Future<Void> prove(String id) {
      Promise<Void> proof = Promise.promise();
      asked.add(proof);
      return proof.future();
    }

    @Override
    public Future<Ownership> claim(String id) {
      return Future.succeededFuture(new Ownership(1, MemoryStore.create()));
    }

    @Override
    public Future<Void> create(String id, JsonObject options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> opened(String id) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> removed(String id) {
      return Future.succeededFuture();
    }

    @Override
    public boolean knows(String id) {
      return false;
    }

    @Override
    public CreationOrder order() {
      return new CreationOrder();
    }

    @Override
    public Future<Void> readiness() {
      return Future.succeededFuture();
    }
  }
}
