package io.eric.cluster.owner;

import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupEntryCodec;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.SnapshotFile;
import io.eric.cluster.state.Verdict;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica of a replicated log for the simulation: Raft with elections, conflicting suffixes that
 * are overwritten, snapshots in place of old entries, read indexes and leaders that hand over. It
 * is one life of a process; what outlives it is its {@link Disk}.
 *
 * <p>It takes every liberty that {@link GroupReplica} gives: a stage may fail although the entry
 * takes effect later, it may fail before a stage of an earlier entry, an entry may be refused, or
 * wait so long that the replica leads again, and entries are applied some time after they are
 * committed.
 */
final class SimulatedReplica implements GroupReplica {

  private static final long TICK_MS = 50;
  private static final int ELECTION_MS = 400;

  /** A leader that no majority has answered for this long gives up, in milliseconds. */
  private static final long ABANDONED_MS = 1_200;

  private static final long TRANSFER_MS = 1_000;
  private static final long READ_MS = 2_000;

  /** How many applied entries a log has before a snapshot takes their place. */
  private static final int SNAPSHOT_ENTRIES = 25;

  private static final int MESSAGE_ENTRIES = 8;

  /** An entry of the log; the first of each term has no content. */
  record Item(long term, byte @Nullable [] entry) {}

  /** What a process leaves behind when it dies. */
  static final class Disk {
    private long term;
    private int votedFor = -1;
    private final List<Item> items = new ArrayList<>();
    private long base;
    private long baseTerm;
    private byte[] snapshot = new byte[0];

    private long last() {
      return base + items.size();
    }

    private long termAt(long index) {
      return index == base ? baseTerm : items.get((int) (index - base - 1)).term;
    }

    private Item at(long index) {
      return items.get((int) (index - base - 1));
    }
  }

  private enum Role {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  /** An append whose stage is not completed. */
  private record Pending(long term, CompletableFuture<List<Verdict>> stage) {}

  /** A question whether this leader still leads. */
  private record Reading(long round, long index, Consumer<Long> confirmed) {}

  /** The other replicas, and what all of them agree on. */
  interface Peers {
    int size();

    /** Sends a message to a replica, which handles it when it comes. */
    void send(int from, int to, Consumer<SimulatedReplica> message);

    /** Returns whether replicas may refuse entries, and let stages fail for no reason. */
    boolean unkind();

    /** An entry is applied somewhere; fails if another one was applied at that index. */
    void applied(long index, Item item);

    /** The stage of an entry was completed with success. */
    void acknowledged(long index);
  }

  private final int id;
  private final Disk disk;
  private final Peers peers;
  private final SimulatedTime time;
  private final SimulatedLoop process;
  private final Random random;
  private final SimulatedThread applier;
  private final SimulatedThread intake;
  private final ReplicaObserver observer;
  private final GroupState state = new GroupState();

  private Role role = Role.FOLLOWER;
  private int leader = -1;
  private boolean ready;
  private long heard;
  private long patience;
  private long commit;
  private long applied;
  private final Set<Integer> votes = new HashSet<>();
  private final long[] next;
  private final long[] match;
  private final long[] answered;
  private final long[] answeredRound;
  private long round;
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private final List<Reading> readings = new ArrayList<>();
  private final List<Reading> applying = new ArrayList<>();

  SimulatedReplica(
      int id,
      Disk disk,
      Peers peers,
      SimulatedTime time,
      SimulatedLoop process,
      SimulatedLoop calls,
      Random random,
      ReplicaObserver observer) {
    this.id = id;
    this.disk = disk;
    this.peers = peers;
    this.time = time;
    this.process = process;
    this.random = random;
    this.applier = new SimulatedThread(time, process, random);
    this.intake = new SimulatedThread(time, calls, random);
    this.observer = observer;
    this.next = new long[peers.size()];
    this.match = new long[peers.size()];
    this.answered = new long[peers.size()];
    this.answeredRound = new long[peers.size()];
    if (disk.base > 0) {
      state.restore(read(disk.snapshot));
      observer.restored(state);
    }
    commit = disk.base;
    applied = disk.base;
    hear();
    process.every(TICK_MS, this::tick);
  }

  GroupState state() {
    return state;
  }

  long applied() {
    return applied;
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  // ---- elections

  private void hear() {
    heard = time.now();
    patience = (ELECTION_MS + random.nextInt(ELECTION_MS)) * 1_000_000L;
  }

  private void tick() {
    if (role == Role.LEADER) {
      long abandoned = time.now() - ABANDONED_MS * 1_000_000;
      int there = 1;
      for (int i = 0; i < peers.size(); i++) {
        there += i != id && answered[i] >= abandoned ? 1 : 0;
      }
      if (there * 2 > peers.size()) {
        replicate();
      } else {
        stepDown();
      }
    } else if (time.now() - heard > patience) {
      campaign();
    }
  }

  /** Stands for election, now. */
  void campaign() {
    if (role == Role.LEADER) {
      return;
    }
    disk.term++;
    disk.votedFor = id;
    role = Role.CANDIDATE;
    leader = -1;
    votes.clear();
    votes.add(id);
    hear();
    long term = disk.term;
    long last = disk.last();
    long lastTerm = disk.termAt(last);
    others(to -> peers.send(id, to, peer -> peer.asked(id, term, last, lastTerm)));
  }

  private void others(Consumer<Integer> action) {
    for (int i = 0; i < peers.size(); i++) {
      if (i != id) {
        action.accept(i);
      }
    }
  }

  /** A candidate asks for the vote. */
  private void asked(int candidate, long term, long last, long lastTerm) {
    observe(term);
    long mine = disk.termAt(disk.last());
    boolean complete = lastTerm > mine || lastTerm == mine && last >= disk.last();
    boolean free = disk.votedFor == -1 || disk.votedFor == candidate;
    if (term == disk.term && free && complete && role == Role.FOLLOWER) {
      disk.votedFor = candidate;
      hear();
      peers.send(id, candidate, peer -> peer.voted(id, term));
    } else if (term < disk.term) {
      long newer = disk.term;
      peers.send(id, candidate, peer -> peer.observe(newer));
    }
  }

  private void voted(int voter, long term) {
    if (role != Role.CANDIDATE || term != disk.term) {
      return;
    }
    votes.add(voter);
    if (votes.size() * 2 > peers.size()) {
      role = Role.LEADER;
      leader = id;
      ready = false;
      readings.clear();
      Arrays.fill(match, 0);
      Arrays.fill(next, disk.last() + 1);
      Arrays.fill(answered, time.now());
      Arrays.fill(answeredRound, 0);
      round = 0;
      disk.items.add(new Item(disk.term, null));
      replicate();
    }
  }

  /** Hears of a term. */
  private void observe(long term) {
    if (term > disk.term) {
      disk.term = term;
      disk.votedFor = -1;
      leader = -1;
      stepDown();
    }
  }

  private void stepDown() {
    if (role == Role.LEADER) {
      observer.follows();
      ready = false;
      readings.clear();
      List.copyOf(pending.values())
          .forEach(
              each ->
                  process.after(
                      random.nextInt(500),
                      () -> each.stage.completeExceptionally(failure("it leads no more"))));
    }
    role = Role.FOLLOWER;
    hear();
  }

  private static RuntimeException failure(String why) {
    return new IllegalStateException(why);
  }

  // ---- replication

  private void replicate() {
    others(this::replicateTo);
  }

  private void replicateTo(int to) {
    long term = disk.term;
    long known = commit;
    long asking = round;
    if (next[to] <= disk.base) {
      long base = disk.base;
      long baseTerm = disk.baseTerm;
      byte[] snapshot = disk.snapshot;
      peers.send(id, to, peer -> peer.install(id, term, base, baseTerm, snapshot, asking));
      return;
    }
    long before = next[to] - 1;
    long beforeTerm = disk.termAt(before);
    int from = (int) (before - disk.base);
    List<Item> items =
        List.copyOf(disk.items.subList(from, Math.min(disk.items.size(), from + MESSAGE_ENTRIES)));
    peers.send(id, to, peer -> peer.follow(id, term, before, beforeTerm, items, known, asking));
  }

  private boolean obeys(int from, long term) {
    observe(term);
    if (term < disk.term) {
      long newer = disk.term;
      peers.send(id, from, peer -> peer.observe(newer));
      return false;
    }
    if (role == Role.LEADER) {
      throw failure("two leaders in term " + term);
    }
    role = Role.FOLLOWER;
    leader = from;
    hear();
    return true;
  }

  /** A leader's entries, or none. */
  private void follow(
      int from,
      long term,
      long before,
      long beforeTerm,
      List<Item> items,
      long known,
      long asking) {
    if (!obeys(from, term)) {
      return;
    }
    if (before > disk.last() || before >= disk.base && disk.termAt(before) != beforeTerm) {
      long hint = Math.min(before - 1, disk.last());
      peers.send(id, from, peer -> peer.lacks(id, term, hint, asking));
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      long index = before + 1 + i;
      if (index <= disk.base) {
        continue; // the snapshot has it
      }
      if (index <= disk.last() && disk.termAt(index) != items.get(i).term) {
        if (index <= commit) {
          throw failure("a committed entry is to be overwritten");
        }
        overwritten(index);
        disk.items.subList((int) (index - disk.base - 1), disk.items.size()).clear();
      }
      if (index > disk.last()) {
        disk.items.add(items.get(i));
      }
    }
    long through = before + items.size();
    commitTo(Math.min(known, through));
    peers.send(id, from, peer -> peer.has(id, term, through, asking));
  }

  private void overwritten(long from) {
    pending
        .tailMap(from, true)
        .values()
        .forEach(each -> each.stage.completeExceptionally(failure("it was overwritten")));
    pending.tailMap(from, true).clear();
  }

  private void lacks(int follower, long term, long hint, long asked) {
    observe(term);
    if (role == Role.LEADER && term == disk.term) {
      hearFrom(follower, asked);
      next[follower] = Math.max(match[follower] + 1, Math.min(next[follower], hint + 1));
      replicateTo(follower);
    }
  }

  private void has(int follower, long term, long through, long asked) {
    observe(term);
    if (role != Role.LEADER || term != disk.term) {
      return;
    }
    hearFrom(follower, asked);
    if (through > match[follower]) {
      match[follower] = through;
      next[follower] = through + 1;
      long[] all = match.clone();
      all[id] = disk.last();
      Arrays.sort(all);
      long majority = all[(peers.size() - 1) / 2];
      if (majority > commit && disk.termAt(majority) == disk.term) {
        commitTo(majority);
        replicate();
      } else if (through < disk.last()) {
        replicateTo(follower);
      }
    }
  }

  private void hearFrom(int follower, long asked) {
    answered[follower] = time.now();
    answeredRound[follower] = Math.max(answeredRound[follower], asked);
    for (Reading reading : List.copyOf(readings)) {
      int confirmed = 1;
      for (int i = 0; i < peers.size(); i++) {
        confirmed += i != id && answeredRound[i] >= reading.round ? 1 : 0;
      }
      if (confirmed * 2 > peers.size()) {
        readings.remove(reading);
        reading.confirmed.accept(reading.index);
      }
    }
  }

  private void install(
      int from, long term, long base, long baseTerm, byte[] snapshot, long asking) {
    if (!obeys(from, term)) {
      return;
    }
    if (base > commit) {
      if (base <= disk.last() && disk.termAt(base) == baseTerm) {
        disk.items.subList(0, (int) (base - disk.base)).clear();
      } else {
        overwritten(0);
        disk.items.clear();
      }
      disk.base = base;
      disk.baseTerm = baseTerm;
      disk.snapshot = snapshot;
      commit = base;
      applied = base;
      state.restore(read(snapshot));
      observer.restored(state);
      answerReadings();
    }
    peers.send(id, from, peer -> peer.has(id, term, base, asking));
  }

  // ---- application

  private void commitTo(long index) {
    if (index > commit) {
      commit = index;
      applier.execute(this::apply);
    }
  }

  private void apply() {
    while (applied < commit) {
      applied++;
      Item item = disk.at(applied);
      peers.applied(applied, item);
      List<Verdict> verdicts = item.entry == null ? List.of() : apply(applied, item.entry);
      Pending waiting = pending.remove(applied);
      if (waiting != null) {
        if (waiting.term == item.term) {
          if (waiting.stage.complete(verdicts)) {
            peers.acknowledged(applied);
          }
        } else {
          waiting.stage.completeExceptionally(failure("another entry came in its place"));
        }
      }
      if (role == Role.LEADER && !ready && item.term == disk.term) {
        ready = true;
        observer.leads(disk.term);
      }
    }
    answerReadings();
    if (applied - disk.base >= SNAPSHOT_ENTRIES) {
      takeSnapshot();
    }
  }

  private List<Verdict> apply(long index, byte[] bytes) {
    GroupEntry entry = GroupEntryCodec.read(bytes);
    if (entry instanceof ClaimGroup claim) {
      state.apply(index, claim);
      observer.claimed(state);
      return List.of(Verdict.APPLIED);
    }
    if (entry instanceof ClaimChannel claim) {
      return List.of(state.apply(index, claim));
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
      ChannelView view = state.view(section.channel());
      if (change instanceof Change.Create && view != null) {
        observer.channelChanged(view);
      } else if (change instanceof Change.Delete) {
        observer.deleted(section.channel());
      }
    }
  }

  private void takeSnapshot() {
    long baseTerm = disk.termAt(applied);
    disk.items.subList(0, (int) (applied - disk.base)).clear();
    disk.base = applied;
    disk.baseTerm = baseTerm;
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      SnapshotFile.write(state.view(), bytes);
      disk.snapshot = bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static io.eric.cluster.state.GroupView read(byte[] snapshot) {
    try {
      return SnapshotFile.read(new ByteArrayInputStream(snapshot));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what the owner asks

  /** Entries wait for the replica's lock, which may take longer than it leads. */
  @Override
  public @Nullable ChannelView channel(String id) {
    return state.view(id);
  }

  @Override
  public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
    if (peers.unkind() && random.nextInt(200) == 0) {
      throw failure("it has too much to do");
    }
    CompletableFuture<List<Verdict>> stage = new CompletableFuture<>();
    if (peers.unkind() && random.nextInt(100) == 0) {
      process.after(
          random.nextInt(50), () -> stage.completeExceptionally(failure("no answer in time")));
    }
    intake.execute(() -> append(entry.bytes(), stage));
    return stage;
  }

  private void append(byte[] entry, CompletableFuture<List<Verdict>> stage) {
    if (role != Role.LEADER || !ready) {
      stage.completeExceptionally(failure("it does not lead"));
    } else if (peers.unkind() && random.nextInt(200) == 0) {
      stage.completeExceptionally(failure("it has too much to do"));
    } else {
      disk.items.add(new Item(disk.term, entry));
      pending.put(disk.last(), new Pending(disk.term, stage));
      replicate();
    }
  }

  @Override
  public CompletionStage<Void> readIndex() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    process.after(READ_MS, () -> answer.completeExceptionally(failure("no answer in time")));
    Consumer<Long> confirmed =
        index -> {
          applying.add(new Reading(0, index, reached -> answer.complete(null)));
          answerReadings();
        };
    if (role == Role.LEADER) {
      confirm(confirmed);
    } else if (leader >= 0) {
      peers.send(
          id,
          leader,
          peer ->
              peer.confirm(index -> peer.peers.send(peer.id, id, mine -> confirmed.accept(index))));
    }
    return answer;
  }

  private void confirm(Consumer<Long> confirmed) {
    if (role == Role.LEADER && ready) {
      readings.add(new Reading(++round, commit, confirmed));
      replicate();
    }
  }

  private void answerReadings() {
    for (Reading each : List.copyOf(applying)) {
      if (each.index <= applied) {
        applying.remove(each);
        each.confirmed.accept(each.index);
      }
    }
  }

  @Override
  public void succeed(String leader) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> transferTo(String node) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    long end = time.now() + TRANSFER_MS * 1_000_000;
    transfer(Integer.parseInt(node), end, answer);
    return answer;
  }

  private void transfer(int to, long end, CompletableFuture<Void> answer) {
    if (leader == to && role == Role.FOLLOWER) {
      answer.complete(null);
    } else if (time.now() > end) {
      answer.completeExceptionally(failure("it did not take over"));
    } else {
      if (role == Role.LEADER && match[to] == disk.last()) {
        long term = disk.term;
        peers.send(id, to, peer -> peer.takeOver(term));
      }
      process.after(TICK_MS, () -> transfer(to, end, answer));
    }
  }

  private void takeOver(long term) {
    if (term == disk.term) {
      campaign();
    }
  }

  @Override
  public int number() {
    return 0;
  }

  @Override
  public Status status() {
    throw new UnsupportedOperationException();
  }
}
