package io.eric.cluster.raft;

import io.eric.cluster.owner.ReplicaObserver;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.GroupView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a replica tells. */
final class RecordingObserver implements ReplicaObserver {

  private final List<String> told = new ArrayList<>();
  private @Nullable GroupState state;
  private boolean leads;
  private long claim;
  private int restored;
  private @Nullable Throwable failure;

  @Override
  public synchronized void claimed(GroupState group) {
    state = group;
    claim = group.claim();
    told.add("claimed");
  }

  @Override
  public synchronized void channelChanged(ChannelView channel) {
    told.add("changed " + channel.id());
  }

  @Override
  public synchronized void deleted(String channel) {
    told.add("deleted " + channel);
  }

  @Override
  public synchronized void restored(GroupState group) {
    state = group;
    claim = group.claim();
    restored++;
    told.add("restored");
  }

  @Override
  public synchronized void leads(long term) {
    leads = true;
  }

  @Override
  public synchronized void follows() {
    leads = false;
  }

  @Override
  public synchronized void failed(Throwable reason) {
    leads = false;
    failure = reason;
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }

  synchronized boolean leads() {
    return leads;
  }

  synchronized long claim() {
    return claim;
  }

  synchronized int restored() {
    return restored;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** The group as it is now; it may only be asked for while nothing is appended. */
  synchronized @Nullable GroupView view() {
    return state == null ? null : state.view();
  }

  /** The channels with their contents, and the claim. */
  synchronized String channels() {
    GroupView view = view();
    return view == null ? "" : String.valueOf(view);
  }
}
