package io.eric.cluster;

import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.channel.internal.Placement.Ownership;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.owner.TenureStore;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntryCodec;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.eric.log.Epoch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Claims the channels of classes of their own, which only this node can open, and keeps their
 * ownership. The lead of a group may change without them noticing; when the outcome of an append is
 * unknown, such a channel is claimed and opened anew, so that what is still under way is refused.
 *
 * <p>Confined to the node's loop.
 */
final class OwnChannels {

  private static final long PATIENCE_MS = 10_000;
  private static final long PAUSE_MS = 100;

  private final Vertx vertx;
  private final Owner me;
  private final Loop loop;
  private final ChannelCatalog catalog;
  private final Groups groups;
  private final Predicate<Owner> lives;
  private final EntryLimits limits;
  private final Renewal renewal;

  /** The channels that this process has claimed, as they were then. */
  private final Map<String, ChannelView> views = new HashMap<>();

  /** The tenures of the channels that are open here. */
  private final Map<String, Tenure> tenures = new HashMap<>();

  /** What the node has for each group. */
  interface Groups {

    /** Returns the log of a channel's group, wherever its leader is. */
    GroupLog log(String channel);

    /** Returns where that log may be called. */
    Executor thread(String channel);

    /** Completes when everything that is committed in a channel's group is applied here. */
    Future<Void> upToDate(String channel);
  }

  /** Does with an open channel what follows from the end of its tenure. */
  interface Renewal {

    /** Closes the channel, and opens it with an ownership that is claimed then. */
    void renew(String channel);

    /** Closes the channel, because another process has claimed it. */
    void lost(String channel);
  }

  /**
   * Creates the keeper of a node's own channels.
   *
   * @param lives tells whether a process is known to live; one that is not may be replaced
   */
  OwnChannels(
      Vertx vertx,
      Owner me,
      Loop loop,
      ChannelCatalog catalog,
      Groups groups,
      Predicate<Owner> lives,
      EntryLimits limits,
      Renewal renewal) {
    this.vertx = vertx;
    this.me = me;
    this.loop = loop;
    this.catalog = catalog;
    this.groups = groups;
    this.lives = lives;
    this.limits = limits;
    this.renewal = renewal;
  }

  /** A channel was created or claimed, by any node. */
  void changed(ChannelView channel) {
    if (me.equals(channel.owner())) {
      views.put(channel.id(), channel);
      return;
    }
    views.remove(channel.id());
    Tenure tenure = tenures.remove(channel.id());
    if (tenure != null) {
      tenure.end(new UnavailableException("another process has claimed the channel"));
      renewal.lost(channel.id());
    }
  }

  /** A channel was deleted. */
  void deleted(String channel) {
    views.remove(channel);
    tenures.remove(channel);
  }

  private boolean owns(String channel, long term) {
    Tenure tenure = tenures.get(channel);
    return tenure != null && tenure.claim() == term;
  }

  /**
   * Claims a channel, which is created if there is none.
   *
   * @return fails with {@link InvalidChannelException} if it is open on a node that lives, or is a
   *     channel that every node can open
   */
  Future<Ownership> claim(String id) {
    views.remove(id); // only what a claim from now on shows is current
    return claim(id, loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
  }

  private Future<Ownership> claim(String id, long deadline) {
    ChannelCatalog.Entry known = catalog.get(id);
    Owner former = known == null ? null : known.owner();
    boolean isForAll = known != null && !known.isPinned();
    if (isForAll || (former != null && !former.equals(me) && lives.test(former))) {
      return Future.failedFuture(InvalidChannelException.exists(id));
    }
    return append(id, former)
        .compose(verdict -> groups.upToDate(id).map(verdict))
        .transform(
            done -> {
              if (done.succeeded() && done.result() == Verdict.EXISTS) {
                return Future.failedFuture(InvalidChannelException.exists(id));
              }
              // An attempt before this one may have succeeded without an answer.
              ChannelView view = views.get(id);
              if (done.succeeded() && view != null) {
                return Future.succeededFuture(begin(view));
              }
              if (loop.nanoTime() - deadline > 0) {
                return Future.failedFuture(
                    new UnavailableException("the channel could not be claimed"));
              }
              Promise<Ownership> again = Promise.promise();
              loop.after(PAUSE_MS, () -> claim(id, deadline).onComplete(again));
              return again.future();
            });
  }

  private Future<Verdict> append(String id, @Nullable Owner former) {
    byte[] entry =
        GroupEntryCodec.write(
            new ClaimChannel(id, me, former, loop.currentTimeMillis(), Epoch.random()));
    Promise<Verdict> verdict = Promise.promise();
    groups
        .thread(id)
        .execute(
            () ->
                groups
                    .log(id)
                    .append(entry)
                    .whenComplete(
                        (verdicts, failure) ->
                            loop.later(() -> complete(verdict, verdicts, failure))));
    return verdict.future();
  }

  private static void complete(
      Promise<Verdict> verdict, @Nullable List<Verdict> verdicts, @Nullable Throwable failure) {
    if (verdicts != null && verdicts.size() == 1) {
      verdict.complete(verdicts.get(0));
    } else {
      verdict.fail(failure == null ? new IllegalStateException("no verdict") : failure);
    }
  }

  private Ownership begin(ChannelView view) {
    String id = view.id();
    Tenure tenure =
        Tenure.begin(
            view.term(),
            groups.log(id),
            groups.thread(id),
            new EntryLimits(limits.bytes(), 1, limits.largest()), // later ones must not overtake
            () -> loop.later(() -> over(id, view.term())));
    tenures.put(id, tenure);
    return new Ownership(view.term(), new TenureStore(vertx, view, tenure));
  }

  private void over(String id, long term) {
    if (owns(id, term)) {
      tenures.remove(id);
      renewal.renew(id);
    }
  }
}
