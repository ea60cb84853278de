package io.eric.cluster.owner;

import io.eric.UnavailableException;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes this node the owner of a group whenever its replica leads the group, and opens and closes
 * the group's channels accordingly.
 *
 * <p>To lead is not enough: what a former owner has decided may still be on its way into the log.
 * Therefore a leader first commits a claim, and owns the group when that claim is applied here. An
 * ownership ends when another claim is applied, when the replica no longer leads, or when the
 * outcome of an append is unknown; then the channels are closed, and if the replica leads
 * nevertheless, it claims anew.
 *
 * <p>Confined to its loop.
 */
public final class GroupOwner {

  private static final Logger logger = LoggerFactory.getLogger(GroupOwner.class);

  /** From a claim that failed to the next one, in milliseconds. */
  private static final long RETRY_MS = 200;

  /** How long a channel that could not be opened waits until it is tried again: twice as long. */
  static final long FIRST_PAUSE_MS = 200;

  static final long LONGEST_PAUSE_MS = 30_000;

  /** How long channels may take to append what they have accepted before the group goes. */
  public static final long LEAVE_MS = 3_000;

  private final Owner me;
  private final GroupReplica replica;
  private final Executor thread;
  private final Loop loop;
  private final Channels channels;
  private final EntryLimits limits;

  private State state = State.FOLLOWING;
  private boolean leads;

  /** Counts the attempts to own the group, so that what belongs to a former one is recognised. */
  private long attempt;

  private @Nullable Tenure tenure;

  /** Whether the node ends, so that nothing is claimed any more. */
  private boolean isReleased;

  /** Completes when the group that is being handed over is not owned here any more. */
  private @Nullable Promise<Void> handingOver;

  private long ownsSince;

  /**
   * The channels that are open here, or being opened, each with its term: a channel of the same id
   * that was created later is another one.
   */
  private final Map<String, Long> open = new LinkedHashMap<>();

  /** Those of them that could not be opened at the last attempt. */
  private final Map<String, Unopened> unopened = new LinkedHashMap<>();

  /** What is under way with a channel. The next step of a channel waits for the one before. */
  private final Map<String, Future<Void>> work = new HashMap<>();

  /** How far this node is with the ownership of the group. */
  public enum State {
    /** The replica does not lead, or has not caught up yet. */
    FOLLOWING,
    /** The replica leads, and its claim is on its way. */
    CLAIMING,
    /** The claim is applied: the channels are open here, or being opened. */
    OWNING,
    /** The channels append what they have accepted before another node takes the group over. */
    LEAVING,
    /** The replica has failed, and the process has to end. */
    FAILED
  }

  /**
   * How large entries are, and how many are under way.
   *
   * @param bytes the size at which an entry takes no further section
   * @param inFlight how many entries may be under way
   * @param largest the size that no section may exceed, because the log takes no larger entry
   */
  public record EntryLimits(int bytes, int inFlight, int largest) {}

  /**
   * A channel that could not be opened.
   *
   * @param pauseMs how long it waits until the next attempt
   */
  private record Unopened(String reason, long pauseMs) {}

  /** Opens and closes channels on this node. Called on the loop; futures complete on it. */
  public interface Channels {

    /**
     * Opens a channel.
     *
     * @param channel the channel as the group's state has it; nothing else writes to it during the
     *     tenure
     */
    Future<Void> open(ChannelView channel, Tenure tenure);

    /**
     * Closes a channel without removing it.
     *
     * @param inOrder whether messages that were accepted are still appended; false if the tenure is
     *     over
     */
    Future<Void> close(String channel, boolean inOrder);
  }

  /**
   * Creates the owner of a group, which follows until it is told that it leads.
   *
   * @param me this node and its life
   * @param thread where the replica is called; runs one task after the other, and may be blocked
   */
  public GroupOwner(
      Owner me,
      GroupReplica replica,
      Executor thread,
      Loop loop,
      Channels channels,
      EntryLimits limits) {
    this.me = me;
    this.replica = replica;
    this.thread = thread;
    this.loop = loop;
    this.channels = channels;
    this.limits = limits;
  }

  /** Returns how far this node is with the ownership. */
  public State state() {
    return state;
  }

  /** Returns the tenure; {@code null} if this node does not own the group. */
  public @Nullable Tenure tenure() {
    return tenure;
  }

  /** Returns the channels that could not be opened at the last attempt, each with the reason. */
  public Map<String, String> unopened() {
    Map<String, String> reasons = new LinkedHashMap<>();
    unopened.forEach((channel, failed) -> reasons.put(channel, failed.reason));
    return reasons;
  }

  // ---- what the replica tells

  /** The replica leads and has applied everything of former terms. */
  public void leads() {
    leads = true;
    if (state == State.FOLLOWING) {
      claim();
    }
  }

  /** The replica does not lead (any more). */
  public void follows() {
    leads = false;
    if (state != State.FAILED) {
      endTenure("another node leads the group");
    }
  }

  /** The replica has failed for good. */
  public void failed() {
    leads = false;
    endTenure("the replica has failed");
    state = State.FAILED;
  }

  /**
   * A claim has been applied.
   *
   * @param view the group right after the claim, if the claim is this node's
   */
  public void claimed(long claim, Owner owner, @Nullable GroupView view) {
    if (state == State.FAILED) {
      return;
    }
    if (!owner.equals(me) || view == null) {
      endTenure("node " + owner.node() + " has claimed the group");
      return;
    }
    if (state == State.FOLLOWING || isReleased) {
      return; // the lead was lost meanwhile, and the next leader claims
    }
    drop("the group is claimed anew");
    own(claim, view);
  }

  /** A channel was created; a channel that only one node can open is none of the owner's. */
  public void channelChanged(ChannelView channel) {
    Tenure current = tenure;
    if (current != null && state == State.OWNING && channel.options() != null) {
      open(channel, current);
    }
  }

  /** A channel was deleted, which only its owner does, after it has closed it. */
  public void deleted(String channel) {
    open.remove(channel);
    unopened.remove(channel);
  }

  // ---- claims

  private void claim() {
    if (isReleased) {
      return;
    }
    state = State.CLAIMING;
    long mine = ++attempt;
    EncodedEntry entry = EncodedEntry.of(new ClaimGroup(me));
    onThread(() -> replica.append(entry))
        .onFailure(
            e -> {
              logger.debug("group {} could not be claimed: {}", replica.number(), e.toString());
              loop.after(
                  RETRY_MS,
                  () -> {
                    if (state == State.CLAIMING && attempt == mine) {
                      claim();
                    }
                  });
            });
  }

  private void own(long claim, GroupView view) {
    long mine = ++attempt;
    Tenure begun = Tenure.begin(claim, replica, thread, limits, () -> loop.later(() -> over(mine)));
    tenure = begun;
    state = State.OWNING;
    ownsSince = loop.nanoTime();
    logger.info(
        "this node owns group {} with {} channels, claim {}",
        replica.number(),
        view.channels().size(),
        claim);
    for (ChannelView channel : view.channels()) {
      if (channel.options() != null) {
        open(channel, begun);
      }
    }
  }

  /** The outcome of an append is unknown, so nobody knows what the log has after this claim. */
  private void over(long owned) {
    if (attempt == owned && tenure != null) {
      endTenure("the outcome of an append is unknown");
    }
  }

  /** Ends what there is of an ownership, and begins anew if the replica leads. */
  private void endTenure(String why) {
    drop(why);
    if (leads) {
      claim();
    }
  }

  private void drop(String why) {
    Tenure ended = tenure;
    tenure = null;
    state = State.FOLLOWING;
    attempt++;
    if (ended != null) {
      logger.info(
          "this node does not own group {} any more, claim {}: {}",
          replica.number(),
          ended.claim(),
          why);
      ended.end(new UnavailableException(why));
      List.copyOf(open.keySet()).forEach(id -> close(id, false));
      open.clear();
      unopened.clear();
    }
    Promise<Void> handed = handingOver;
    handingOver = null;
    if (handed != null) {
      handed.complete();
    }
  }

  // ---- channels

  private void open(ChannelView channel, Tenure during) {
    String id = channel.id();
    long term = channel.term();
    open.put(id, term);
    enqueue(
        id,
        () -> {
          if (!isToBeOpen(id, term, during)) {
            return Future.succeededFuture();
          }
          return opened(channel, during)
              .onSuccess(opened -> unopened.remove(id))
              .onFailure(
                  e -> {
                    if (isToBeOpen(id, term, during)) {
                      openLater(id, term, during, e);
                    }
                  });
        });
  }

  /** Opens a channel. If a channel's own class throws, the opening has failed. */
  private Future<Void> opened(ChannelView channel, Tenure during) {
    try {
      return channels.open(channel, during);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void openLater(String id, long term, Tenure during, Throwable reason) {
    Unopened before = unopened.get(id);
    long pauseMs = before == null ? FIRST_PAUSE_MS : Math.min(2 * before.pauseMs, LONGEST_PAUSE_MS);
    unopened.put(id, new Unopened(reason.toString(), pauseMs));
    logger
        .atLevel(before == null ? Level.WARN : Level.DEBUG)
        .log("channel {} cannot be opened, tried again until it can: {}", id, reason.toString());
    loop.after(pauseMs, () -> openAgain(id, term, during));
  }

  /**
   * Opens a channel as it is now, because the attempt before may have changed it. What that has
   * proposed is in effect, or refused, when what is proposed after it is.
   */
  private void openAgain(String id, long term, Tenure during) {
    if (!isToBeOpen(id, term, during)) {
      return;
    }
    Promise<Verdict> settled = Promise.promise();
    during.propose(id, List.of(), settled);
    settled
        .future()
        .compose(verdict -> onThread(() -> CompletableFuture.completedStage(replica.channel(id))))
        .onComplete(
            now ->
                loop.later(
                    () -> {
                      if (!isToBeOpen(id, term, during)) {
                        return;
                      }
                      ChannelView channel = now.result();
                      if (channel != null) {
                        open(channel, during);
                      } else if (now.failed()) {
                        openLater(id, term, during, now.cause());
                      }
                    }));
  }

  private boolean isToBeOpen(String id, long term, Tenure during) {
    Long wanted = open.get(id);
    return tenure == during && wanted != null && wanted == term;
  }

  private Future<Void> close(String id, boolean inOrder) {
    return enqueue(id, () -> channels.close(id, inOrder));
  }

  /** Begins a step when the channel's step before has ended, however that ended. */
  private Future<Void> enqueue(String id, Supplier<Future<Void>> step) {
    Future<Void> before = work.getOrDefault(id, Future.succeededFuture());
    Future<Void> now = before.transform(done -> step.get());
    work.put(id, now);
    now.onComplete(done -> work.remove(id, now));
    return now;
  }

  /**
   * Waits for what is under way with a channel.
   *
   * @return completes on the loop, at once if nothing is under way; fails if that failed
   */
  public Future<Void> settled(String channel) {
    return work.getOrDefault(channel, Future.succeededFuture());
  }

  /**
   * Creates a channel.
   *
   * @param verdict is completed when the channel is created or refused; it fails with {@link
   *     UnavailableException} if this node does not own the group, or the outcome is unknown
   */
  public void create(String channel, Change.Create create, Promise<Verdict> verdict) {
    Tenure current = tenure;
    if (current == null || state != State.OWNING) {
      verdict.fail(new UnavailableException("this node does not own the channel's group"));
    } else {
      current.propose(channel, List.of(create), verdict);
    }
  }

  /** Returns since when this node owns the group, if it does, by the loop's clock. */
  public long ownsSince() {
    return ownsSince;
  }

  // ---- handing over

  /**
   * Hands the group over: channels append what they have accepted, then the other node takes the
   * lead. A group that is being handed over already goes to the node that was named first.
   *
   * @return completes when the tenure is over. If the other node could not take the group over,
   *     this node claims it anew
   */
  public Future<Void> handOver(String node) {
    Promise<Void> leaving = handingOver;
    if (leaving != null) {
      return leaving.future();
    }
    Tenure current = tenure;
    if (current == null || state != State.OWNING) {
      return Future.succeededFuture();
    }
    logger.info("group {} goes to node {}", replica.number(), node);
    return closeAll(current, () -> transfer(node, current));
  }

  /**
   * Gives the group up because this node ends: channels append what they have accepted, and the
   * group is not claimed any more.
   *
   * @return completes when that is done
   */
  public Future<Void> release() {
    isReleased = true;
    Tenure current = tenure;
    if (current == null || state != State.OWNING) {
      Promise<Void> leaving = handingOver;
      return leaving == null ? Future.succeededFuture() : leaving.future();
    }
    return closeAll(current, () -> endTenure("the node ends"));
  }

  private Future<Void> closeAll(Tenure current, Runnable then) {
    state = State.LEAVING;
    Promise<Void> handed = Promise.promise();
    handingOver = handed;
    List<Future<Void>> closing = new ArrayList<>();
    List.copyOf(open.keySet()).forEach(id -> closing.add(close(id, true)));
    open.clear();
    unopened.clear();
    Promise<Void> closed = Promise.promise();
    Loop.Timer patience = loop.after(LEAVE_MS, () -> closed.tryComplete());
    Future.join(closing)
        .onComplete(
            done -> {
              patience.cancel();
              closed.tryComplete();
            });
    closed
        .future()
        .onSuccess(
            done -> {
              if (tenure == current) {
                then.run();
              }
            });
    return handed.future();
  }

  private void transfer(String node, Tenure leaving) {
    attempt++; // the end of the tenure is intended, so it is no reason to claim anew
    leaving.end(new UnavailableException("the group goes to node " + node));
    onThread(() -> replica.transferTo(node))
        .onComplete(
            done -> {
              if (done.failed()) {
                logger.warn(
                    "group {} could not go to node {}: {}",
                    replica.number(),
                    node,
                    done.cause().toString());
              }
              if (tenure == leaving) {
                // The lead may not be known to be lost yet; a claim without it fails.
                leads = leads && done.failed();
                endTenure("the group was handed over");
              }
            });
  }

  private <T> Future<T> onThread(Supplier<CompletionStage<T>> call) {
    Promise<T> answer = Promise.promise();
    try {
      thread.execute(() -> call(call, answer));
    } catch (RejectedExecutionException e) { // the node has left the cluster
      answer.fail(e);
    }
    return answer.future();
  }

  private <T> void call(Supplier<CompletionStage<T>> call, Promise<T> answer) {
    try {
      call.get()
          .whenComplete(
              (result, failure) ->
                  loop.later(
                      () -> {
                        if (failure == null) {
                          answer.complete(result);
                        } else {
                          answer.fail(failure);
                        }
                      }));
    } catch (RuntimeException e) {
      loop.later(() -> answer.fail(e));
    }
  }
}
