package io.eric.cluster;

import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.owner.ReplicaObserver;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A replica that is alone in its group: its entries take effect at once, or as a test says. */
final class FakeReplica implements GroupReplica {

  /** What becomes of an entry. */
  enum Outcome {
    APPLIED,
    NOT_APPLIED,
    APPLIED_WITHOUT_ANSWER
  }

  private final int number;
  private final GroupState state = new GroupState();
  private @Nullable ReplicaObserver observer;
  private long index;

  volatile Outcome outcome = Outcome.APPLIED;
  volatile @Nullable String leader;
  volatile boolean leads;
  volatile List<Follower> followers = List.of();
  volatile long stillMs;

  /** To which nodes it was asked to hand the group over. */
  final List<String> transfers = new ArrayList<>();

  CompletableFuture<Void> transfer = new CompletableFuture<>();

  FakeReplica(int number) {
    this.number = number;
  }

  /** Tells this observer from now on. */
  void observedBy(ReplicaObserver told) {
    observer = told;
  }

  private ReplicaObserver observer() {
    return Objects.requireNonNull(observer);
  }

  /** Becomes the leader, on this node. */
  void lead(String node) {
    leader = node;
    leads = true;
    observer().leads(1);
  }

  /** Another node leads, and has claimed the group. */
  void claimedBy(Owner owner) {
    leader = owner.node();
    leads = false;
    observer().follows();
    apply(new ClaimGroup(owner));
  }

  /** A node claims a channel of a class of its own. */
  void claimChannel(String id, Owner owner) {
    apply(new ClaimChannel(id, owner, null, 1, "epoch"));
  }

  /** Applies what another node has created. */
  void learns(ChannelView channel) {
    observer().channelChanged(channel);
  }

  private synchronized List<Verdict> apply(GroupEntry entry) {
    index++;
    if (entry instanceof ClaimChannel claim) {
      Verdict verdict = state.apply(index, claim);
      observer().channelChanged(Objects.requireNonNull(state.view(claim.channel())));
      return List.of(verdict);
    }
    if (entry instanceof ClaimGroup claim) {
      state.apply(index, claim);
      observer().claimed(state);
      return List.of(Verdict.APPLIED);
    }
    Batch batch = (Batch) entry;
    List<Verdict> verdicts = state.apply(index, batch);
    for (int i = 0; i < verdicts.size(); i++) {
      if (verdicts.get(i) == Verdict.APPLIED) {
        tell(batch.sections().get(i));
      }
    }
    return verdicts;
  }

  private void tell(Section section) {
    for (Change change : section.changes()) {
      if (change instanceof Change.Create) {
        observer().channelChanged(Objects.requireNonNull(state.view(section.channel())));
      } else if (change instanceof Change.Delete) {
        observer().deleted(section.channel());
      }
    }
  }

  @Override
  public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
    List<Verdict> verdicts = outcome == Outcome.NOT_APPLIED ? List.of() : apply(entry.entry());
    return outcome == Outcome.APPLIED
        ? CompletableFuture.completedStage(verdicts)
        : CompletableFuture.failedStage(new IllegalStateException("the outcome is unknown"));
  }

  @Override
  public void succeed(String leader) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> transferTo(String node) {
    transfers.add(node);
    transfer = new CompletableFuture<>();
    return transfer;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public CompletionStage<Void> readIndex() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public synchronized @Nullable ChannelView channel(String id) {
    return state.view(id);
  }

  @Override
  public Status status() {
    return new Status(leader, 1, leads, index, index, stillMs, leads ? followers : List.of());
  }
}
