package io.eric.cluster.raft;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/**
 * One leadership of a group by this node: who feeds its followers, and proofs that it lasts.
 *
 * <p>Ratis 3.2.2 proves too little. A leader whose last commit was once confirmed by a majority
 * answers later reads without asking again, so one that was cut off or frozen, and replaced, serves
 * what is out of date. Therefore each proof here counts only answers to requests that were made
 * after the proof was asked for.
 *
 * <p>Safe for any thread.
 */
final class Leadership {

  private final LeaderState ratis;
  private final Map<RaftPeerId, LogAppender> appenders = new ConcurrentHashMap<>();

  // Guarded by this object.
  private final List<Proof> proofs = new ArrayList<>();
  private boolean over;

  Leadership(LeaderState ratis) {
    this.ratis = ratis;
  }

  boolean isOf(LeaderState other) {
    return ratis.equals(other);
  }

  /** Adds what feeds a follower, in place of what fed it before. */
  void add(LogAppender appender) {
    appenders.put(appender.getFollowerId(), appender);
  }

  /** Returns what feeds the followers. */
  Collection<LogAppender> appenders() {
    return appenders.values();
  }

  /**
   * Proves that this node still leads.
   *
   * @param majority says whether these followers and this node are a majority
   * @param timeoutMs how long that may take, in milliseconds
   * @return completes when a majority has confirmed it after this call; fails if none does in time,
   *     or the leadership has ended
   */
  CompletableFuture<Void> prove(Predicate<Set<RaftPeerId>> majority, long timeoutMs) {
    Proof proof = new Proof(majority);
    synchronized (this) {
      if (over) {
        return CompletableFuture.failedFuture(ended());
      }
      appenders.forEach((id, appender) -> proof.firstCall.put(id, appender.getCallId()));
      proofs.add(proof);
    }
    appenders.values().forEach(LogAppender::triggerHeartbeat);
    return proof
        .proven
        .orTimeout(timeoutMs, TimeUnit.MILLISECONDS)
        .whenComplete((done, failed) -> forget(proof));
  }

  private synchronized void forget(Proof proof) {
    proofs.remove(proof);
  }

  /** A follower has answered. */
  void answered(LogAppender appender, AppendEntriesReplyProto reply) {
    if (reply.getResult() != AppendResult.SUCCESS) {
      return;
    }
    List<Proof> proven = new ArrayList<>();
    boolean askAgain = false;
    synchronized (this) {
      for (Iterator<Proof> each = proofs.iterator(); each.hasNext(); ) {
        Proof proof = each.next();
        Long first = proof.firstCall.get(appender.getFollowerId());
        if (first == null) {
          continue; // the follower was added later
        }
        if (reply.getServerReply().getCallId() < first) {
          // A request that was made before may have taken the place of the one that was asked for.
          askAgain = true;
        } else if (proof.confirmed.add(appender.getFollowerId())
            && proof.majority.test(proof.confirmed)) {
          each.remove();
          proven.add(proof);
        }
      }
    }
    if (askAgain) {
      appender.triggerHeartbeat();
    }
    proven.forEach(proof -> proof.proven.complete(null));
  }

  /** The leadership has ended. Idempotent. */
  void end() {
    List<Proof> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(proofs);
      proofs.clear();
    }
    left.forEach(proof -> proof.proven.completeExceptionally(ended()));
  }

  private static IllegalStateException ended() {
    return new IllegalStateException("this node does not lead the group any more");
  }

  /** A proof that is under way. */
  private static final class Proof {
    private final Predicate<Set<RaftPeerId>> majority;
    private final CompletableFuture<Void> proven = new CompletableFuture<>();

    /** The first request to each follower that counts. */
    private final Map<RaftPeerId, Long> firstCall = new HashMap<>();

    private final Set<RaftPeerId> confirmed = new HashSet<>();

    private Proof(Predicate<Set<RaftPeerId>> majority) {
      this.majority = majority;
    }
  }
}
