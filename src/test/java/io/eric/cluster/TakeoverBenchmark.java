package io.eric.cluster;

import io.eric.Payload;
import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.route.ChannelRoutes;
import io.eric.cluster.route.RouteObserver;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.Entry;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints how long it takes from the election of a node until it serves a group of 20 channels that
 * retain 100,000 messages of 200 bytes together: the claim, which takes effect at once here because
 * the replica is alone, the view of the group's state, and the opening of the channels. The first
 * figure is that of a JVM that has never done it.
 */
final class TakeoverBenchmark {

  private static final int CHANNELS = 20;
  private static final int RETAINED = 100_000;
  private static final int BATCH = 500;
  private static final int ROUNDS = 10;

  private TakeoverBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < ROUNDS; i++) {
      all.append(String.format(Locale.ROOT, " %.0f", once() / 1e6));
    }
    System.out.println("ms until the group is served:" + all);
  }

  private static long once() throws Exception {
    Vertx vertx = Vertx.vertx();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
      Loop loop = new VertxLoop(context);
      LocalCodec.register(vertx);
      Owner me = new Owner("1", "life");
      FakeReplica replica = new FakeReplica(0);
      ChannelCatalog catalog = new ChannelCatalog();
      LocalGroup group = new LocalGroup(0, me, loop, catalog, new RebalancerTest.Nothing());
      NodeLinks links =
          new NodeLinks(
              context,
              new LinkIdentity("bench", "1", "life"),
              LinkSettings.at("127.0.0.1", 0),
              channel -> false,
              new SeenNodes());
      NodeChannels channels =
          new NodeChannels(
              vertx,
              loop,
              "1",
              new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions()),
              new ChannelRoutes(vertx, loop, links, 1 << 20, new Deaf()),
              id -> true,
              id -> null,
              id -> LogBudget.unlimited());
      replica.observedBy(group);
      CountDownLatch attached = new CountDownLatch(1);
      loop.later(
          () -> {
            group.attach(
                replica,
                new GroupOwner(
                    me, replica, thread, loop, channels, new EntryLimits(1 << 18, 3, 1 << 20)));
            attached.countDown();
          });
      attached.await();
      fill(replica);
      CountDownLatch idle = new CountDownLatch(1);
      loop.later(idle::countDown);
      idle.await();
      long begin = System.nanoTime();
      replica.lead("1");
      while (channels.openCount() < CHANNELS) {
        LockSupport.parkNanos(100_000);
      }
      return System.nanoTime() - begin;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
      thread.shutdown();
    }
  }

  /** Another node has owned the group so far. */
  private static void fill(FakeReplica replica) {
    replica.claimedBy(new Owner("2", "life"));
    long claim = replica.status().applied();
    String options =
        new JsonObject().put("history", new JsonObject().put("messages", RETAINED)).encode();
    Payload payload = Payload.of("x".repeat(200));
    for (int channel = 0; channel < CHANNELS; channel++) {
      String id = "channel" + channel;
      append(replica, id, claim, new Change.Create(channel + 1, "epoch", options));
      long sequence = 0;
      while (sequence < RETAINED / CHANNELS) {
        List<Entry> entries = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
          entries.add(
              new Entry(++sequence, System.currentTimeMillis(), null, "m", payload, null, null));
        }
        append(replica, id, claim, new Change.Append(entries));
      }
    }
  }

  private static void append(FakeReplica replica, String id, long claim, Change change) {
    replica.append(EncodedEntry.of(new Batch(List.of(new Section(id, claim, List.of(change))))));
  }

  private record Deaf() implements RouteObserver {

    @Override
    public void missed(String channel) {}

    @Override
    public void moved(String channel, long term) {}
  }
}
