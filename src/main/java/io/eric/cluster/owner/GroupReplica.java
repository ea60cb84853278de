package io.eric.cluster.owner;

import io.eric.cluster.state.ChannelView;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * This node's replica of a group. Its methods may be called from any thread except an event loop,
 * because they may block; stages complete on any thread.
 */
public interface GroupReplica extends GroupLog {

  /** Returns the number of the group, from 0. */
  int number();

  /**
   * Proves that this replica has applied everything that any node was told to be committed before
   * this call. On the leader this proves, too, that it was the leader after the call: a majority
   * has confirmed it.
   *
   * @return fails if no majority answers within the time that the replica has for it
   */
  CompletionStage<Void> readIndex();

  /**
   * Hands the leadership over.
   *
   * @param node a node of the group that has caught up
   * @return completes when that node leads; fails, and the group stays here, if it cannot take over
   */
  CompletionStage<Void> transferTo(String node);

  /**
   * Stands for election at once, in place of waiting until the leader has been silent for long
   * enough. Another leader, or a log that lacks something, makes this come to nothing. It may block
   * for three seconds, until entries of the former leader are on the disk.
   *
   * @param leader the node whose process has ended; ignored if it does not lead as far as this
   *     replica knows
   */
  void succeed(String leader);

  /** Returns a channel with everything that is applied here; {@code null} if there is none. */
  @Nullable ChannelView channel(String id);

  /** Returns how the replica stands, without blocking. */
  Status status();

  /**
   * How a replica stands at a moment.
   *
   * @param leader the node that leads as far as this one knows; {@code null} if it knows none
   * @param term the term of Raft
   * @param isLeader whether this replica leads and has applied everything of former terms
   * @param applied the index of the last entry that is applied here
   * @param committed the index of the last entry that is known to be committed
   * @param stillMs for how many milliseconds the replica has got nothing although others have
   *     committed more than it has
   * @param followers what the leader knows of the others; empty on a follower
   */
  record Status(
      @Nullable String leader,
      long term,
      boolean isLeader,
      long applied,
      long committed,
      long stillMs,
      List<Follower> followers) {}

  /**
   * A follower as its leader sees it.
   *
   * @param behind how many entries it lacks
   * @param silentMs how long ago it answered last, in milliseconds
   */
  record Follower(String node, long behind, long silentMs) {}
}
