package io.eric.cluster;

import io.eric.cluster.ChannelCatalog.Entry;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.owner.ReplicaObserver;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Owner;
import io.eric.internal.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group on this node. It carries what the replica tells to the node's loop, keeps the catalog
 * of the group's channels and who has claimed the group, and passes on what follows from it.
 *
 * <p>The observer's methods are called by the replica's threads; all others on the loop.
 */
final class LocalGroup implements ReplicaObserver {

  private final int number;
  private final Owner me;
  private final Loop loop;
  private final ChannelCatalog catalog;
  private final Listener listener;

  /** What the replica told before the group was attached to it. */
  private final List<Runnable> early = new ArrayList<>();

  private @Nullable GroupOwner groupOwner;
  private @Nullable GroupReplica replica;
  private long claim;
  private volatile @Nullable Owner owner;

  /** Hears on the loop what follows for the node's channels. */
  interface Listener {

    /** Another node, or another process, serves the channel now, or none does. */
    void moved(String channel);

    /** A channel was created, or claimed by the only node that can open it. */
    void changed(ChannelView channel);

    /** A channel was deleted. */
    void deleted(String channel);

    /** The replica cannot go on, so the node must not serve anything. */
    void failed(int group, Throwable reason);
  }

  LocalGroup(int number, Owner me, Loop loop, ChannelCatalog catalog, Listener listener) {
    this.number = number;
    this.me = me;
    this.loop = loop;
    this.catalog = catalog;
    this.listener = listener;
  }

  /** Gives the group its replica, which has started, and the owner that works with it. */
  void attach(GroupReplica started, GroupOwner worker) {
    replica = started;
    groupOwner = worker;
    List<Runnable> told = List.copyOf(early);
    early.clear();
    told.forEach(Runnable::run);
  }

  int number() {
    return number;
  }

  /** Returns who has claimed the group; {@code null} before the first claim. For any thread. */
  @Nullable Owner owner() {
    return owner;
  }

  /** Returns the number of the last claim. */
  long claim() {
    return claim;
  }

  /** Returns the owner's work on this node. */
  GroupOwner work() {
    GroupOwner worker = groupOwner;
    if (worker == null) {
      throw new IllegalStateException("group " + number + " has no replica yet");
    }
    return worker;
  }

  /** Returns the replica. */
  GroupReplica replica() {
    GroupReplica started = replica;
    if (started == null) {
      throw new IllegalStateException("group " + number + " has no replica yet");
    }
    return started;
  }

  private void tell(Runnable event) {
    loop.later(
        () -> {
          if (groupOwner == null) {
            early.add(event);
          } else {
            event.run();
          }
        });
  }

  // ---- what the replica tells

  @Override
  public void claimed(GroupState state) {
    long number = state.claim();
    Owner claimer = state.owner();
    if (claimer != null) {
      GroupView view = claimer.equals(me) ? state.view() : null;
      tell(() -> claimed(number, claimer, view));
    }
  }

  @Override
  public void channelChanged(ChannelView channel) {
    tell(
        () -> {
          catalog.put(Entry.of(number, channel));
          listener.changed(channel);
          work().channelChanged(channel);
        });
  }

  @Override
  public void deleted(String channel) {
    tell(
        () -> {
          catalog.remove(channel);
          work().deleted(channel);
          listener.deleted(channel);
        });
  }

  @Override
  public void restored(GroupState state) {
    GroupView view = state.view();
    tell(() -> restored(view));
  }

  @Override
  public void leads(long term) {
    tell(() -> work().leads());
  }

  @Override
  public void follows() {
    tell(() -> work().follows());
  }

  @Override
  public void failed(Throwable reason) {
    tell(
        () -> {
          work().failed();
          listener.failed(number, reason);
        });
  }

  // ---- what follows, on the loop

  private void claimed(long number, Owner claimer, @Nullable GroupView view) {
    claim = number;
    owner = claimer;
    work().claimed(number, claimer, view);
    for (Entry channel : catalog.ofGroup(this.number)) {
      if (!channel.isPinned()) {
        listener.moved(channel.id());
      }
    }
  }

  /** What the snapshot replaces includes claims that were not told one by one. */
  private void restored(GroupView view) {
    List<Entry> entries = view.channels().stream().map(each -> Entry.of(number, each)).toList();
    List<String> gone = catalog.replace(number, entries);
    Owner claimer = view.owner();
    claim = view.claim();
    owner = claimer;
    if (claimer != null) {
      work().claimed(view.claim(), claimer, null);
    }
    gone.forEach(listener::deleted);
    view.channels().forEach(listener::changed);
  }
}
