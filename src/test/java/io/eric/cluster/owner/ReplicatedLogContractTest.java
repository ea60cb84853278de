package io.eric.cluster.owner;

import io.eric.RepositoryException;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.SnapshotFile;
import io.eric.cluster.state.Verdict;
import io.eric.internal.VertxLoop;
import io.eric.log.ChannelDefinition;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.MessageStoreContract;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/**
 * The contract of stores, kept by the logs of a group. Each store of a test is another owner, which
 * finds what a replica has: the entries of the one before, as bytes, or a snapshot of it.
 */
class ReplicatedLogContractTest extends MessageStoreContract {

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private GroupState replica = new GroupState();
  private long index;

  /** The node that creates a channel keeps its options in the group, apart from the log. */
  private final Map<String, ChannelDefinition> definitions = new LinkedHashMap<>();

  @AfterEach
  void stop() {
    thread.shutdown();
  }

  @Override
  protected boolean isDurable() {
    return true;
  }

  @Override
  protected MessageStore createStore(Vertx vertx) {
    return new Claimed(vertx);
  }

  /** As a node that has the group's state from a snapshot. */
  private static GroupState restored(GroupState state) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      SnapshotFile.write(state.view(), bytes);
      GroupState restored = new GroupState();
      restored.restore(SnapshotFile.read(new ByteArrayInputStream(bytes.toByteArray())));
      return restored;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized List<Verdict> apply(EncodedEntry entry) {
    return replica.apply(++index, (GroupEntry.Batch) entry.entry());
  }

  /** Opens logs under a claim of its own. */
  private final class Claimed implements MessageStore {

    private final Vertx vertx;
    private final long claim;
    private final GroupWriter writer;
    private volatile boolean closed;

    private Claimed(Vertx vertx) {
      this.vertx = vertx;
      synchronized (ReplicatedLogContractTest.this) {
        replica = restored(replica);
        claim = ++index;
        replica.apply(claim, new GroupEntry.ClaimGroup(new Owner("node", "life " + claim)));
      }
      GroupLog log = entry -> CompletableFuture.supplyAsync(() -> apply(entry));
      this.writer = new GroupWriter(log, thread, new EntryLimits(256 << 10, 1, 1 << 30), () -> {});
    }

    private Future<Verdict> propose(String channel, List<Change> changes) {
      Promise<Verdict> verdict = Promise.promise();
      writer.propose(new Section(channel, claim, changes), verdict);
      Context context = vertx.getOrCreateContext();
      Promise<Verdict> onContext = Promise.promise();
      verdict.future().onComplete(done -> context.runOnContext(turn -> onContext.handle(done)));
      return onContext.future();
    }

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      if (closed) {
        return Future.failedFuture(new RepositoryException("the store is closed", null));
      }
      Context context = vertx.getOrCreateContext();
      List<Change> create = new ArrayList<>();
      create.add(new Change.Create(index, Epoch.random(), "{}"));
      return propose(channelId, create)
          .map(
              created -> {
                synchronized (ReplicatedLogContractTest.this) {
                  return ReplicatedStore.open(
                      java.util.Objects.requireNonNull(replica.view(channelId)),
                      retention,
                      new VertxLoop(context),
                      changes -> propose(channelId, changes),
                      () -> {});
                }
              });
    }

    @Override
    public Future<Void> define(ChannelDefinition definition) {
      synchronized (ReplicatedLogContractTest.this) {
        definitions.put(definition.id(), definition);
      }
      return Future.succeededFuture();
    }

    @Override
    public Future<List<ChannelDefinition>> definitions() {
      synchronized (ReplicatedLogContractTest.this) {
        definitions.keySet().removeIf(id -> replica.view(id) == null);
        return Future.succeededFuture(List.copyOf(definitions.values()));
      }
    }

    @Override
    public Future<Void> close() {
      closed = true;
      return Future.succeededFuture();
    }
  }
}
