package io.eric.cluster.owner;

import io.eric.UnavailableException;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Verdict;
import io.eric.internal.VertxLoop;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * Opens the log of one channel once, for one tenure. When the log finds that the tenure is over, it
 * ends the tenure for all channels of it.
 */
public final class TenureStore implements MessageStore {

  private final Vertx vertx;
  private final Tenure tenure;

  /** The channel until its log is open; kept longer, it would keep all its messages. */
  private @Nullable ChannelView channel;

  /**
   * Creates the store.
   *
   * @param channel the channel as it was when the tenure began, or when the channel was created
   */
  public TenureStore(Vertx vertx, ChannelView channel, Tenure tenure) {
    this.vertx = vertx;
    this.channel = channel;
    this.tenure = tenure;
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    ChannelView opening = channel;
    channel = null;
    if (opening == null) {
      return Future.failedFuture(new IllegalStateException("the log was opened before"));
    }
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    ChannelProposals proposals =
        changes -> {
          Promise<Verdict> verdict = context.promise();
          tenure.propose(channelId, changes, verdict);
          return verdict.future();
        };
    return Future.succeededFuture(
        ReplicatedStore.open(
            opening,
            retention,
            new VertxLoop(context),
            proposals,
            () -> tenure.end(new UnavailableException("the channel has another owner"))));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
