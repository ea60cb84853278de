package io.eric.cluster.identity;

import io.eric.cluster.identity.Agreement.Stage;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a cluster comes to be, once, and how a node that starts later finds that it exists.
 *
 * <p>The node with the smallest name proposes a membership as soon as all nodes answer, none of
 * them is formed, and all have the same settings. Every member records it as prepared before it
 * agrees. When all have agreed, the proposer records it as formed, and tells.
 *
 * <p><b>Why there is one cluster at most.</b> Only the proposer of a membership makes it formed,
 * and only while the membership is what the proposer itself has recorded last and after every
 * member has agreed to it. A node that has recorded something formed never agrees to anything else.
 * A node agrees to a later attempt only, and forgets the earlier one. So let a membership A be
 * formed, and B be a later attempt that all members of B, which has the same nodes, agreed to. If
 * both have the same proposer with the same disk, it had recorded B before it asked for it, and
 * from then on cannot form A; and if it had formed A, it would not have proposed B. If the proposer
 * of A has lost its disk, nothing was written to A by it alone, since two of three are needed; and
 * no other node that has agreed to B takes A to be formed, because it takes another cluster's
 * forming from answers only that it has asked for after it had agreed to B: the first one that told
 * would be the lost proposer, which cannot answer any more, or a node that had A formed before, and
 * thus never agreed to B.
 *
 * <p>All this holds only while the proposer of A takes part in B. If settings without that node
 * were enough, those that A has most of its members with could serve it beside B. So a node that
 * has agreed to what another node proposed follows no proposal without that node; only {@link
 * #force} does.
 *
 * <p><b>Why it ends.</b> All that matters is on the disks, and whoever waits asks again. A proposer
 * that comes back goes on with what it has recorded, and if a member has another disk or other
 * settings by then, makes a new attempt. A prepared member learns from any formed one.
 *
 * <p>{@link #force} breaks the first condition: it asks the nodes that answer only. If one of the
 * others had formed a cluster, there are two of different names, and the nodes say so when they
 * meet; the other one has no majority, because it needs nodes that are members of this one.
 *
 * <pre>
 * state         no answer  answers  agreed    all agreed  told: formed  formed without this disk
 * ALONE         –          ASKING   PREPARED  –           FORMED*       MUST_REPLACE
 * ASKING        ALONE      –        PREPARED  –           FORMED*       MUST_REPLACE
 * PREPARED      –          –        –         FORMED      FORMED        MUST_REPLACE
 * MUST_REPLACE  ALONE**    –        –         –           FORMED*       –
 * FORMED        –          –        –         –           –             WAS_REPLACED
 * WAS_REPLACED  –          –        –         –           FORMED*       –
 * </pre>
 *
 * <p>* if this disk is in the membership: an operator has replaced the node. ** or what it was
 * before, when the formed ones do not answer any more.
 *
 * <p>All methods are called on the loop, and all futures that are given to this class complete
 * there.
 */
public final class Formation {

  private static final Logger LOG = LoggerFactory.getLogger(Formation.class);

  private static final long ROUND_MS = 500;

  /** How far this node is. */
  public enum State {
    /** No other node answers. */
    ALONE,
    /** Others answer. */
    ASKING,
    /** This node has agreed to a proposal. */
    PREPARED,
    /** The cluster exists, and this node is a member. */
    FORMED,
    /** The cluster exists, and this node is no member because its disk is a new one. */
    MUST_REPLACE,
    /** The cluster exists, and an operator has let another disk in instead of this one. */
    WAS_REPLACED
  }

  /** The way to the other nodes. */
  public interface Peers {

    /**
     * Asks a node; its {@link Formation#answer} answers. The future fails if there is no answer
     * within some seconds.
     */
    Future<Buffer> call(String node, Buffer request);
  }

  /** The way to the disk, which must not be used on the loop. */
  public interface Disk {

    /** Records an agreement as {@link ClusterDirectory#record} does, elsewhere. */
    Future<Void> record(Agreement agreement);
  }

  private final Applicant self;
  private final Peers peers;
  private final Loop loop;
  private final Disk disk;
  private final Hearsay hearsay = new Hearsay();
  private final Promise<Membership> formed = Promise.promise();

  /** The members that have agreed to the agreement of which this node is the proposer. */
  private final Set<String> agreed = new HashSet<>();

  private @Nullable Agreement agreement;

  /** What the others have agreed to since, if this disk is no part of it any more. */
  private @Nullable Agreement without;

  private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
  private boolean stepping;
  private Loop.@Nullable Timer rounds;
  private @Nullable Throwable failure;
  private String said = "";
  private boolean closed;

  /**
   * Creates the forming of a node, which {@link #start} starts.
   *
   * @param self what the node is, see {@link ClusterDirectory#applicant}
   * @param agreement what the disk has, see {@link ClusterDirectory#agreement}
   */
  public Formation(
      Applicant self, @Nullable Agreement agreement, Peers peers, Loop loop, Disk disk) {
    this.self = self;
    this.agreement = agreement;
    this.peers = peers;
    this.loop = loop;
    this.disk = disk;
  }

  /**
   * Begins to ask the other nodes.
   *
   * @return the membership once the cluster exists and this node is a member: at once if the disk
   *     says so; fails if the disk fails, whereupon the process has to end, because what it has
   *     recorded is unknown to it
   */
  public Future<Membership> start() {
    if (isFormed()) {
      formed.tryComplete(Objects.requireNonNull(agreement).membership());
    }
    if (rounds == null) {
      round();
      rounds = loop.every(ROUND_MS, this::nextRound);
    }
    return formed.future();
  }

  /** Ends asking and answering; the future of {@link #start} fails if it is not complete. */
  public void close() {
    closed = true;
    if (rounds != null) {
      rounds.cancel();
    }
    formed.tryFail(
        new IllegalStateException("the node was stopped before it had joined a cluster"));
  }

  /** Returns how far this node is. */
  public State state() {
    if (isFormed()) {
      return without == null ? State.FORMED : State.WAS_REPLACED;
    }
    List<Statement> answers = hearsay.of(self.others(), loop.nanoTime());
    if (answers.stream().anyMatch(Statement::isFormed)) {
      return State.MUST_REPLACE;
    } else if (agreement != null) {
      return State.PREPARED;
    }
    return answers.isEmpty() ? State.ALONE : State.ASKING;
  }

  /** Returns the membership; null if the cluster is not formed as far as this node knows. */
  public @Nullable Membership membership() {
    return isFormed() ? Objects.requireNonNull(agreement).membership() : null;
  }

  /** Returns what the disk has; null if nothing yet. */
  public @Nullable Agreement agreement() {
    return agreement;
  }

  /**
   * Asks another node what it is.
   *
   * @return fails if it does not answer
   */
  public Future<Standing> standing(String node) {
    return question(node, null)
        .map(told -> new Standing(node, told.applicant().storage(), told.agreement()));
  }

  /** Answers another node's request. */
  public Future<Buffer> answer(String from, Buffer request) {
    Statement statement;
    try {
      statement = Statement.from(request);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(
          new IllegalArgumentException("node " + from + " has sent " + e.getMessage(), e));
    }
    return inTurn(() -> learn(statement, false).compose(learned -> agree(statement.proposal())))
        .map(done -> statement(null).toBuffer());
  }

  private boolean isFormed() {
    return agreement != null && agreement.isFormed();
  }

  private Statement statement(@Nullable Agreement proposal) {
    return new Statement(self, agreement, proposal);
  }

  /**
   * Runs a step when the former one has ended, so that what a step decides still holds when the
   * disk has it.
   */
  private <T> Future<T> inTurn(Supplier<Future<T>> step) {
    Promise<T> done = Promise.promise();
    steps.add(
        () ->
            run(step)
                .onComplete(
                    result -> {
                      done.handle(result);
                      stepping = false;
                      nextStep();
                    }));
    nextStep();
    return done.future();
  }

  private <T> Future<T> run(Supplier<Future<T>> step) {
    if (closed || failure != null) {
      return Future.failedFuture(
          new IllegalStateException("node " + self.node() + " takes no part any more"));
    }
    return step.get();
  }

  private void nextStep() {
    if (!stepping && !steps.isEmpty()) {
      stepping = true;
      steps.remove().run();
    }
  }

  private Future<Void> record(Agreement next) {
    return disk.record(next)
        .onSuccess(
            recorded -> {
              agreement = next;
              without = null;
              agreed.clear();
              if (next.isFormed()) {
                LOG.info(
                    "cluster {}: node {} is one of the members {}",
                    next.membership().cluster(),
                    self.node(),
                    next.membership().members().stream().map(Member::node).toList());
                formed.tryComplete(next.membership());
              }
            })
        .onFailure(
            e -> {
              failure = e;
              formed.tryFail(e);
            });
  }

  // ---- what others say

  /** Takes to be formed what another node says is formed, if this node is a member of it. */
  private Future<Void> learn(Statement told, boolean isAnswerToThis) {
    Agreement theirs = told.agreement();
    Agreement own = agreement;
    if (theirs == null || !theirs.isFormed()) {
      return Future.succeededFuture();
    }
    boolean isMember = theirs.membership().has(self.node(), self.storage());
    if (own != null && own.isFormed()) {
      Agreement known = without == null ? own : without;
      if (!own.isOfSameCluster(theirs) || theirs.attempt() <= known.attempt()) {
        return Future.succeededFuture();
      } else if (isMember) {
        return record(theirs);
      }
      without = theirs;
      return Future.succeededFuture();
    }
    boolean believed = isAnswerToThis || (own != null && own.isOfSameCluster(theirs));
    return isMember && believed ? record(theirs) : Future.succeededFuture();
  }

  private Future<Void> agree(@Nullable Agreement proposal) {
    Agreement own = agreement;
    if (proposal == null
        || proposal.isFormed()
        || isFormed()
        || !proposal.membership().has(self.node(), self.storage())
        || !fitsSettings(proposal)
        || formerProposerLeftOut() != null
        || (own != null && proposal.attempt() <= own.attempt())) {
      return Future.succeededFuture();
    }
    return record(proposal);
  }

  /**
   * Returns the node whose proposal this one has agreed to, if it is not in the settings any more;
   * else null. It may have formed the cluster.
   */
  private @Nullable String formerProposerLeftOut() {
    Agreement own = agreement;
    boolean leftOut =
        own != null && self.seats().stream().noneMatch(each -> each.node().equals(own.proposer()));
    return leftOut ? Objects.requireNonNull(own).proposer() : null;
  }

  /** Returns whether the settings of this node are those of the proposal. */
  private boolean fitsSettings(Agreement proposal) {
    List<Seat> seats = proposal.membership().seats();
    return proposal.membership().groups() == self.groups() && self.seats().equals(seats);
  }

  // ---- rounds

  private void nextRound() {
    round();
    say();
  }

  private void round() {
    if (closed || failure != null) {
      return;
    }
    for (String node : self.others()) {
      if (!isFormed() || !knows(node)) {
        ask(node, null);
      }
    }
    propose();
  }

  /** Returns whether a node has said that it knows what this one knows of the cluster. */
  private boolean knows(String node) {
    Statement last = hearsay.last(node);
    Agreement theirs = last == null ? null : last.agreement();
    Agreement own = Objects.requireNonNull(agreement);
    return theirs != null
        && theirs.isFormed()
        && theirs.isOfSameCluster(own)
        && theirs.attempt() >= own.attempt();
  }

  /** Asks a node, and considers what to do when it answers. Does not fail. */
  private Future<Void> ask(String node, @Nullable Agreement proposal) {
    return question(node, proposal)
        .<Void>mapEmpty()
        .onFailure(e -> LOG.debug("node {} does not answer {}", node, self.node(), e))
        .otherwiseEmpty();
  }

  private Future<Statement> question(String node, @Nullable Agreement proposal) {
    long asked = loop.nanoTime();
    Agreement before = agreement;
    return peers
        .call(node, statement(proposal).toBuffer())
        .compose(
            answer -> {
              Statement told = Statement.from(answer);
              if (!told.applicant().node().equals(node)) {
                return Future.failedFuture(
                    new IllegalStateException(
                        "in the place of node " + node + " is node " + told.applicant().node()));
              }
              return inTurn(() -> heard(told, asked, before)).map(told);
            });
  }

  private Future<Void> heard(Statement told, long asked, @Nullable Agreement before) {
    hearsay.heard(told, asked);
    return learn(told, Objects.equals(before, agreement))
        .compose(
            learned -> {
              Agreement own = agreement;
              Agreement theirs = told.agreement();
              if (own == null) {
                propose(); // in the next step: perhaps this was the last answer that was missing
              } else if (theirs != null
                  && own.isOfSameCluster(theirs)
                  && own.membership().has(told.applicant().node(), told.applicant().storage())) {
                agreed.add(told.applicant().node());
                return formIfAgreed(own);
              }
              return Future.succeededFuture();
            });
  }

  /** Goes on with this node's proposal, or makes one. */
  private void propose() {
    if (!isFormed()) {
      inTurn(this::proposeInTurn)
          .onFailure(e -> LOG.debug("node {} proposes nothing", self.node(), e));
    }
  }

  private Future<Void> proposeInTurn() {
    List<Statement> answers = hearsay.of(self.others(), loop.nanoTime());
    if (isFormed() || answers.stream().anyMatch(Statement::isFormed)) {
      return Future.succeededFuture();
    }
    Agreement own = agreement;
    if (own != null && own.proposer().equals(self.node()) && stands(own, answers)) {
      return goOn(own);
    }
    boolean isFirst = self.seats().get(0).node().equals(self.node());
    if (isFirst
        && formerProposerLeftOut() == null
        && answers.size() == self.others().size()
        && answers.stream().allMatch(this::hasSameSettings)) {
      return record(proposal(answers)).compose(recorded -> goOn(agreement));
    }
    return Future.succeededFuture();
  }

  /** Returns whether a proposal can still be agreed to by all its members. */
  private boolean stands(Agreement proposal, List<Statement> answers) {
    if (!fitsSettings(proposal)) {
      return false;
    }
    for (Statement each : answers) {
      Applicant other = each.applicant();
      Agreement theirs = each.agreement();
      Member member = proposal.membership().member(other.node());
      if (member != null
          && !member.isAbsent()
          && (!member.storage().equals(other.storage())
              || (theirs != null
                  && !theirs.isOfSameCluster(proposal)
                  && theirs.attempt() >= proposal.attempt()))) {
        return false;
      }
    }
    return true;
  }

  /** Makes a proposal of those that answer; the others are absent. */
  private Agreement proposal(List<Statement> answers) {
    Map<String, String> storages = new HashMap<>(Map.of(self.node(), self.storage()));
    answers.forEach(each -> storages.put(each.applicant().node(), each.applicant().storage()));
    List<Member> members =
        self.seats().stream()
            .map(each -> each.with(storages.getOrDefault(each.node(), Member.ABSENT)))
            .toList();
    long attempt = statement(null).attempt();
    for (Statement each : answers) {
      attempt = Math.max(attempt, each.attempt());
    }
    String cluster = UUID.randomUUID().toString().replace("-", "");
    return new Agreement(
        Stage.PREPARED, attempt + 1, self.node(), new Membership(cluster, self.groups(), members));
  }

  private Future<Void> goOn(@Nullable Agreement proposal) {
    if (proposal == null) {
      return Future.succeededFuture();
    }
    missing(proposal).forEach(node -> ask(node, proposal));
    return formIfAgreed(proposal);
  }

  /** Forms the cluster if all have agreed to this node's own proposal. */
  private Future<Void> formIfAgreed(Agreement proposal) {
    boolean decides = proposal.proposer().equals(self.node()) && !proposal.isFormed();
    return decides && missing(proposal).isEmpty()
        ? record(proposal.formed()).onSuccess(recorded -> tell())
        : Future.succeededFuture();
  }

  private List<String> missing(Agreement proposal) {
    return proposal.membership().members().stream()
        .filter(each -> !each.isAbsent())
        .map(Member::node)
        .filter(each -> !each.equals(self.node()) && !agreed.contains(each))
        .toList();
  }

  /** Tells all that the cluster is formed. Whoever does not hear it asks. */
  private void tell() {
    self.others().forEach(node -> ask(node, null));
  }

  private boolean hasSameSettings(Statement other) {
    return other.applicant().groups() == self.groups()
        && other.applicant().seats().equals(self.seats());
  }

  // ---- the operator

  /**
   * Forms the cluster without the nodes that do not answer, because an operator knows that they
   * have not formed one. They stay members that are absent, so that most nodes have to be here;
   * when they come, they have to be replaced.
   *
   * @return the membership, once all nodes that answer have agreed; fails if one of them is formed
   *     or has other settings, or if too few answer
   */
  public Future<Membership> force() {
    if (isFormed()) {
      return formed.future();
    }
    hearsay.forget();
    return Future.join(self.others().stream().map(node -> ask(node, null)).toList())
        .compose(answered -> inTurn(this::forceInTurn))
        .compose(proposed -> formed.future());
  }

  private Future<Void> forceInTurn() {
    if (isFormed()) {
      return Future.succeededFuture();
    }
    List<Statement> answers = hearsay.of(self.others(), loop.nanoTime());
    List<String> silent = silent(loop.nanoTime());
    for (Statement each : answers) {
      if (each.isFormed()) {
        return Future.failedFuture(new IllegalStateException(replaceSentence()));
      } else if (!hasSameSettings(each)) {
        return Future.failedFuture(new IllegalStateException(differenceSentence(each.applicant())));
      }
    }
    if (2 * silent.size() >= self.seats().size()) {
      return Future.failedFuture(
          new IllegalStateException(
              "of "
                  + self.seats().size()
                  + " nodes, "
                  + String.join(", ", silent)
                  + " do not answer, and more than half are needed: for a smaller cluster set"
                  + " cluster.size or cluster.members"));
    }
    LOG.warn("the cluster is formed without {}, as an operator has said", silent);
    return record(proposal(answers)).compose(recorded -> goOn(agreement));
  }

  /**
   * Records that a node has come back with an empty disk and an operator has let it in, and tells
   * the others until they know it; those that are down learn it when they start.
   *
   * @param atLeast a number that no other change has, by which nodes find out which of two changes
   *     is the later one; 0 if no other node can make one
   * @return fails if the cluster is not formed, or the node is no member
   */
  public Future<Membership> replaced(String node, String newStorage, long atLeast) {
    return inTurn(
            () -> {
              Agreement own = agreement;
              if (own == null || !own.isFormed()) {
                return Future.failedFuture(new IllegalStateException("the cluster is not formed"));
              } else if (own.membership().has(node, newStorage)) {
                return Future.succeededFuture();
              }
              try {
                Membership after = own.membership().withReplaced(node, newStorage);
                return record(own.changed(after, atLeast)).onSuccess(recorded -> tell());
              } catch (IllegalArgumentException e) {
                return Future.failedFuture(e);
              }
            })
        .map(recorded -> Objects.requireNonNull(membership()));
  }

  // ---- what it waits for

  /** Returns for whom this node waits, and a sentence about that for the log and for operators. */
  public Waiting waitingFor() {
    long now = loop.nanoTime();
    List<Statement> answers = hearsay.of(self.others(), now);
    if (failure != null) {
      return new Waiting(
          List.of(self.node()), "node " + self.node() + " has failed: " + failure.getMessage());
    }
    if (state() == State.WAS_REPLACED) {
      return new Waiting(List.of(self.node()), wasReplacedSentence());
    } else if (isFormed()) {
      return strangers(answers);
    } else if (state() == State.MUST_REPLACE) {
      return new Waiting(List.of(self.node()), replaceSentence());
    }
    String leftOut = formerProposerLeftOut();
    if (leftOut != null) {
      return new Waiting(
          List.of(leftOut),
          "node "
              + self.node()
              + " has agreed to a cluster that node "
              + leftOut
              + " may have formed, and the settings do not name that node: name it, or empty the"
              + " directory of node "
              + self.node()
              + ", or let `eric cluster form --force` go on without it");
    }
    List<String> silent = silent(now);
    if (!silent.isEmpty()) {
      return new Waiting(
          silent,
          "the first start of a cluster needs all its "
              + self.seats().size()
              + " nodes, and node "
              + self.node()
              + " waits for "
              + String.join(", ", silent)
              + "; for fewer nodes set cluster.size or cluster.members, such as --cluster-members 1"
              + " for one, or let `eric cluster form --force` go on without them");
    }
    for (Statement each : answers) {
      if (!hasSameSettings(each)) {
        return new Waiting(List.of(each.applicant().node()), differenceSentence(each.applicant()));
      }
    }
    return new Waiting(self.others(), "the nodes are agreeing on the cluster");
  }

  private List<String> silent(long now) {
    return self.others().stream().filter(each -> hearsay.of(each, now) == null).toList();
  }

  private Waiting strangers(List<Statement> answers) {
    Agreement own = Objects.requireNonNull(agreement);
    List<String> strangers =
        answers.stream()
            .filter(each -> each.agreement() != null && each.isFormed())
            .filter(each -> !own.isOfSameCluster(Objects.requireNonNull(each.agreement())))
            .map(each -> each.applicant().node())
            .toList();
    return strangers.isEmpty()
        ? Waiting.NOTHING
        : new Waiting(
            strangers,
            "node "
                + self.node()
                + " and "
                + String.join(", ", strangers)
                + " are of different clusters: empty the directory of those that are to join the"
                + " others, and replace them");
  }

  private String replaceSentence() {
    return "the cluster exists, and the disk of node "
        + self.node()
        + " is none of its members' (a new or emptied directory): the node takes no part until an"
        + " operator runs `eric cluster replace "
        + self.node()
        + "`";
  }

  private String wasReplacedSentence() {
    return "an operator has replaced node "
        + self.node()
        + ", and this is the disk that it had before, which takes no part any more: end this"
        + " process, and empty its directory if the node is to run on this disk again; then `eric"
        + " cluster replace "
        + self.node()
        + "` lets it in";
  }

  private String differenceSentence(Applicant other) {
    boolean groups = other.groups() != self.groups();
    return "node "
        + self.node()
        + " and node "
        + other.node()
        + " have different settings, and the first start of a cluster needs equal ones: "
        + (groups
            ? "cluster.groups is " + self.groups() + " and " + other.groups()
            : "the nodes are " + self.seats() + " and " + other.seats());
  }

  /** Logs why the node waits, each time when the reason is another one. */
  private void say() {
    String sentence = waitingFor().sentence();
    if (!sentence.equals(said)) {
      said = sentence;
      boolean isAmiss = isFormed() || state() == State.MUST_REPLACE;
      if (isAmiss && !sentence.isEmpty()) {
        LOG.warn("{}", sentence);
      } else if (!sentence.isEmpty()) {
        LOG.info("{}", sentence);
      }
    }
  }
}
