package io.eric.cluster;

import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.channel.internal.Placement.Ownership;
import io.eric.cluster.SeenNodes.Presence;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.owner.TenureStore;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.eric.log.Epoch;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Claims the channels of classes of their own, which only this node can open, and keeps their
 * ownership. The lead of a group may change without them noticing. When an append is refused, such
 * a channel is claimed and opened anew.
 *
 * <p>Confined to the node's loop.
 */
final class OwnChannels {

  /** How long a claim may take before it fails, in milliseconds. */
  private static final long PATIENCE_MS = 10_000;

  /** How long a claim waits for a former owner that may live, in milliseconds. */
  private static final long FORMER_MS = 5_000;

  private static final long PAUSE_MS = 100;

  private final Vertx vertx;
  private final Owner me;
  private final Loop loop;
  private final ChannelCatalog catalog;
  private final Groups groups;
  private final Function<Owner, Presence> presence;
  private final EntryLimits limits;
  private final Renewal renewal;

  /** The claims that are under way, by channel. */
  private final Map<String, Claim> claims = new HashMap<>();

  /** What this node has of the channels that are open here. */
  private final Map<String, Holding> holdings = new HashMap<>();

  private boolean stopped;

  /** A channel that this node owns. */
  private record Holding(Tenure tenure, RepeatingLog log) {

    private void end(String why) {
      log.close();
      tenure.end(new UnavailableException(why));
    }
  }

  /** A claim that is under way. */
  private static final class Claim {
    private final String id;
    private final long begun;

    /** Whether the channel is claimed again, because its object is here: then it does not fail. */
    private final boolean isRenewal;

    /** The channel as the claim has made it, once that is known. */
    private @Nullable ChannelView claimed;

    private Claim(String id, long begun, boolean isRenewal) {
      this.id = id;
      this.begun = begun;
      this.isRenewal = isRenewal;
    }
  }

  /** What the node has for each group. */
  interface Groups {

    /** Returns the log of a channel's group, wherever its leader is. */
    GroupLog log(String channel);

    /** Returns the node that leads that group; {@code null} if this node knows none. */
    @Nullable String leader(String channel);

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
   * @param presence tells what is known of a process of another node; only one that is gone, or is
   *     not reached for a while, may be replaced
   */
  OwnChannels(
      Vertx vertx,
      Owner me,
      Loop loop,
      ChannelCatalog catalog,
      Groups groups,
      Function<Owner, Presence> presence,
      EntryLimits limits,
      Renewal renewal) {
    this.vertx = vertx;
    this.me = me;
    this.loop = loop;
    this.catalog = catalog;
    this.groups = groups;
    this.presence = presence;
    this.limits = limits;
    this.renewal = renewal;
  }

  /** A channel was created or claimed, by any node. */
  void changed(ChannelView channel) {
    if (me.equals(channel.owner())) {
      Claim claim = claims.get(channel.id());
      if (claim != null) {
        claim.claimed = channel;
      }
      return;
    }
    Holding lost = holdings.remove(channel.id());
    if (lost != null) {
      lost.end("another process has claimed the channel");
      renewal.lost(channel.id());
    }
  }

  /** A channel was deleted. The entry that did it may still wait for its answer. */
  void deleted(String channel) {
    holdings.remove(channel);
  }

  /**
   * Gives the channels some time to append what they have accepted, because the node ends. Without
   * a majority they would wait for ever.
   */
  void release() {
    loop.after(GroupOwner.LEAVE_MS, this::stop);
  }

  /** Ends what is under way, because the node leaves the cluster. Idempotent. */
  void stop() {
    stopped = true;
    List<Holding> ended = List.copyOf(holdings.values());
    holdings.clear();
    ended.forEach(each -> each.end("the node leaves the cluster"));
  }

  private boolean owns(String channel, long term) {
    Holding holding = holdings.get(channel);
    return holding != null && holding.tenure.claim() == term;
  }

  /**
   * Claims a channel, which is created if there is none.
   *
   * @return fails with {@link InvalidChannelException} if another process has it that is not gone,
   *     or it is a channel that every node can open; with {@link UnavailableException} if the
   *     cluster does not answer
   */
  Future<Ownership> claim(String id) {
    return claim(new Claim(id, loop.nanoTime(), false));
  }

  /**
   * Claims a channel whose object is here and has lost its ownership. This waits for as long as the
   * cluster does not answer.
   *
   * @return fails as {@link #claim} does if another process has the channel, or the node leaves
   */
  Future<Ownership> claimAgain(String id) {
    return claim(new Claim(id, loop.nanoTime(), true));
  }

  private Future<Ownership> claim(Claim claim) {
    claims.put(claim.id, claim);
    return attempt(claim).onComplete(done -> claims.remove(claim.id, claim));
  }

  private Future<Ownership> attempt(Claim claim) {
    String id = claim.id;
    if (stopped) {
      return Future.failedFuture(new UnavailableException("the node leaves the cluster"));
    }
    ChannelCatalog.Entry known = catalog.get(id);
    if (known != null && !known.isPinned()) {
      return Future.failedFuture(InvalidChannelException.exists(id));
    }
    Owner former = known == null ? null : known.owner();
    if (former != null && !former.node().equals(me.node())) {
      Presence seen = presence.apply(former);
      if (seen == Presence.REACHED) {
        return Future.failedFuture(InvalidChannelException.exists(id));
      } else if (seen == Presence.UNKNOWN && msOf(claim) < FORMER_MS) {
        return again(claim);
      }
    }
    return append(id, former)
        .compose(verdict -> groups.upToDate(id).map(verdict))
        .transform(done -> answered(claim, done));
  }

  private Future<Ownership> answered(Claim claim, AsyncResult<Verdict> done) {
    if (done.succeeded() && done.result() == Verdict.EXISTS) {
      return Future.failedFuture(InvalidChannelException.exists(claim.id));
    }
    // An attempt before this one may have succeeded without an answer.
    ChannelView view = claim.claimed;
    if (done.succeeded() && view != null && !stopped) {
      return Future.succeededFuture(begin(view));
    }
    if (!claim.isRenewal && msOf(claim) > PATIENCE_MS) {
      return Future.failedFuture(new UnavailableException("the channel could not be claimed"));
    }
    return again(claim);
  }

  private Future<Ownership> again(Claim claim) {
    Promise<Ownership> again = Promise.promise();
    loop.after(PAUSE_MS, () -> attempt(claim).onComplete(again));
    return again.future();
  }

  private long msOf(Claim claim) {
    return TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - claim.begun);
  }

  private Future<Verdict> append(String id, @Nullable Owner former) {
    EncodedEntry entry =
        EncodedEntry.of(new ClaimChannel(id, me, former, loop.currentTimeMillis(), Epoch.random()));
    Promise<Verdict> verdict = Promise.promise();
    try {
      groups.thread(id).execute(() -> append(id, entry, verdict));
    } catch (RejectedExecutionException e) { // the node has left the cluster
      verdict.fail(e);
    }
    return verdict.future();
  }

  private void append(String id, EncodedEntry entry, Promise<Verdict> verdict) {
    try {
      groups
          .log(id)
          .append(entry)
          .whenComplete(
              (verdicts, failure) -> loop.later(() -> complete(verdict, verdicts, failure)));
    } catch (RuntimeException e) {
      loop.later(() -> verdict.fail(e));
    }
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
    RepeatingLog log =
        new RepeatingLog(
            id, view.term(), groups.log(id), () -> groups.leader(id), groups.thread(id), loop);
    Tenure tenure =
        Tenure.begin(
            view.term(),
            log,
            groups.thread(id),
            new EntryLimits(limits.bytes(), 1, limits.largest()), // later ones must not overtake
            () -> loop.later(() -> over(id, view.term())));
    Holding former = holdings.put(id, new Holding(tenure, log));
    if (former != null) { // the channel could not be opened under it
      former.end("the channel has another claim");
    }
    return new Ownership(view.term(), new TenureStore(vertx, view, tenure));
  }

  /**
   * Renews a tenure that is over, unless it is so because the channel was deleted or claimed, which
   * this node may learn a moment later.
   */
  private void over(String id, long term) {
    if (!owns(id, term)) {
      return;
    }
    groups
        .upToDate(id)
        .onComplete(
            now -> {
              if (now.failed()) {
                loop.after(PAUSE_MS, () -> over(id, term));
              } else if (owns(id, term)) {
                holdings.remove(id);
                renewal.renew(id);
              }
            });
  }
}
