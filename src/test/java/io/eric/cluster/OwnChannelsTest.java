package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.channel.internal.Placement.Ownership;
import io.eric.cluster.SeenNodes.Presence;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.NumberedBatch;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.log.Registration;
import io.eric.options.SSEChannelOptions;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The claims of channels of classes of their own, in simulated time and over a log of one node. */
class OwnChannelsTest {

  private static final Owner ME = new Owner("1", "this life");
  private static final Owner MY_FORMER_LIFE = new Owner("1", "a former life");
  private static final Owner OTHER = new Owner("2", "its life");
  private static final Vertx VERTX = Vertx.vertx();

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final ChannelCatalog catalog = new ChannelCatalog();
  private final Map<Owner, Presence> presence = new HashMap<>();
  private final List<String> said = new ArrayList<>();
  private final Group group = new Group();
  private OwnChannels own;

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @BeforeEach
  void create() {
    group.uptodate.complete();
    own =
        new OwnChannels(
            VERTX,
            ME,
            loop,
            catalog,
            group,
            owner -> presence.getOrDefault(owner, Presence.UNKNOWN),
            new EntryLimits(1_000, 4, 1 << 20),
            new Renewals());
  }

  private Future<Ownership> claim() {
    Future<Ownership> claimed = own.claim("own");
    time.pass(1);
    return claimed;
  }

  @Test
  void aChannelThatNobodyHasIsCreatedAndClaimed() {
    Future<Ownership> claimed = claim();
    assertThat(claimed.result().term()).isEqualTo(group.index);
    assertThat(Objects.requireNonNull(catalog.get("own")).owner()).isEqualTo(ME);
  }

  @Test
  void aChannelThatEveryNodeCanOpenIsRefused() {
    catalog.put(new ChannelCatalog.Entry("own", 0, 1, 1, "epoch", false, null));
    assertThat(claim().cause()).isInstanceOf(InvalidChannelException.class);
    assertThat(group.appended).isZero();
  }

  @Test
  void aChannelOfAProcessThatIsReachedIsRefused() {
    group.claimedBy(OTHER);
    presence.put(OTHER, Presence.REACHED);
    assertThat(claim().cause()).isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void aChannelOfAProcessThatIsGoneIsTakenOver() {
    group.claimedBy(OTHER);
    presence.put(OTHER, Presence.GONE);
    assertThat(claim().succeeded()).isTrue();
  }

  @Test
  void aChannelOfAFormerLifeOfThisNodeIsTakenOver() {
    group.claimedBy(MY_FORMER_LIFE);
    assertThat(claim().succeeded()).isTrue();
  }

  @Test
  void aProcessThatIsNotReachedYetIsWaitedForAndKeepsItsChannel() {
    group.claimedBy(OTHER);
    Future<Ownership> claimed = claim();
    time.pass(2_000);
    assertThat(claimed.isComplete()).isFalse();
    presence.put(OTHER, Presence.REACHED);
    time.pass(200);
    assertThat(claimed.cause()).isInstanceOf(InvalidChannelException.class);
    assertThat(group.appended).isZero();
  }

  @Test
  void aProcessThatIsNotReachedInTimeLosesItsChannel() {
    group.claimedBy(OTHER);
    Future<Ownership> claimed = claim();
    time.pass(4_500);
    assertThat(claimed.isComplete()).isFalse();
    time.pass(1_000);
    assertThat(claimed.succeeded()).isTrue();
  }

  @Test
  void aClaimIsRepeatedWhileTheGroupDoesNotAnswer() {
    group.failing = true;
    Future<Ownership> claimed = claim();
    time.pass(5_000);
    assertThat(claimed.isComplete()).isFalse();
    group.failing = false;
    time.pass(200);
    assertThat(claimed.succeeded()).isTrue();
  }

  @Test
  void aClaimWhoseAnswerWasLostIsFound() {
    group.losesAnswers = true;
    Future<Ownership> claimed = claim();
    time.pass(500);
    group.losesAnswers = false;
    time.pass(200);
    assertThat(claimed.result().term()).isEqualTo(group.index);
  }

  @Test
  void aClaimFailsWhenTheGroupDoesNotAnswerForLong() {
    group.failing = true;
    Future<Ownership> claimed = claim();
    time.pass(11_000);
    assertThat(claimed.cause()).isInstanceOf(UnavailableException.class);
  }

  @Test
  void ofTwoProcessesThatClaimAtOnceOneIsRefused() {
    presence.put(OTHER, Presence.REACHED);
    group.before = () -> group.claimedBy(OTHER);
    Future<Ownership> claimed = claim();
    time.pass(1_000);
    assertThat(claimed.cause()).isInstanceOf(InvalidChannelException.class);
    assertThat(Objects.requireNonNull(catalog.get("own")).owner()).isEqualTo(OTHER);
  }

  @Test
  void anAppendOfUnknownOutcomeIsRepeatedHoweverLongTheGroupIsAway() {
    Ownership first = claim().result();
    group.failing = true;
    Future<Void> registered = propose(first);
    time.pass(60_000);
    assertThat(registered.isComplete()).isFalse();
    group.failing = false;
    time.pass(200);
    Hub.await(registered);
    assertThat(said).isEmpty();
  }

  @Test
  void anAppendWhoseAnswerWasLostTakesEffectOnce() {
    Ownership first = claim().result();
    group.losesAnswers = true;
    Future<Void> registered = propose(first);
    time.pass(500);
    assertThat(registered.isComplete()).isFalse();
    group.losesAnswers = false;
    time.pass(200);
    Hub.await(registered);
    assertThat(group.batches).containsExactly(Verdict.APPLIED);
  }

  @Test
  void anAppendThatIsNotAnsweredGoesToTheNextLeaderToo() {
    Ownership first = claim().result();
    group.silent = true;
    Future<Void> registered = propose(first);
    time.pass(5_000);
    group.silent = false;
    time.pass(5_000);
    assertThat(registered.isComplete()).isFalse();
    group.leader = "3";
    time.pass(200);
    Hub.await(registered);
  }

  @Test
  void anAppendThatIsNotUnderstoodMakesTheChannelBeOpenedAnew() {
    Ownership first = claim().result();
    group.refusing = true;
    propose(first);
    time.pass(1);
    assertThat(said).containsExactly("renew own");
    group.failing = true;
    Future<Ownership> again = own.claimAgain("own");
    time.pass(60_000);
    assertThat(again.isComplete()).isFalse();
    group.failing = false;
    time.pass(200);
    assertThat(again.result().term()).isGreaterThan(first.term());
  }

  @Test
  void anAppendThatFailsBecauseTheChannelIsDeletedRenewsNothing() {
    Ownership first = claim().result();
    group.refusing = true;
    group.uptodate = Promise.promise();
    propose(first);
    time.pass(1);
    own.deleted("own");
    group.uptodate.complete();
    time.pass(1_000);
    assertThat(said).isEmpty();
  }

  @Test
  void aChannelThatAnotherProcessHasClaimedIsLostAndNotRenewed() {
    claim();
    group.claimedBy(OTHER);
    time.pass(1_000);
    assertThat(said).containsExactly("lost own");
  }

  @Test
  void aChannelThatWasDeletedIsNeitherLostNorRenewed() {
    Ownership first = claim().result();
    own.deleted("own");
    group.refusing = true;
    propose(first);
    time.pass(1_000);
    assertThat(said).isEmpty();
  }

  @Test
  void aNodeThatLeavesClaimsNothingAndRenewsNothing() {
    Ownership first = claim().result();
    group.failing = true;
    Future<Ownership> underWay = own.claim("another");
    own.stop();
    propose(first);
    time.pass(1_000);
    assertThat(underWay.cause()).isInstanceOf(UnavailableException.class);
    assertThat(claim().cause()).isInstanceOf(UnavailableException.class);
    assertThat(said).isEmpty();
  }

  @Test
  void aNodeThatEndsWithoutAMajorityGivesUpWhatIsUnderWay() {
    Ownership first = claim().result();
    group.failing = true;
    Future<Void> registered = propose(first);
    own.release();
    time.pass(2_900);
    assertThat(registered.isComplete()).isFalse();
    time.pass(200);
    assertThat(Hub.failure(registered)).isInstanceOf(UnavailableException.class);
    assertThat(said).isEmpty();
  }

  @Test
  void aClaimFailsInOrderWhenTheThreadOfItsGroupHasEnded() {
    group.ended = true;
    Future<Ownership> claimed = claim();
    time.pass(11_000);
    assertThat(claimed.cause()).isInstanceOf(UnavailableException.class);
  }

  /** Has the channel of an ownership append something. */
  private static Future<Void> propose(Ownership ownership) {
    var log = Hub.await(ownership.store().open("own", new SSEChannelOptions().retention()));
    return log.register("listener", new Registration(1, Registration.State.NEW));
  }

  /** A group of one node, whose entries take effect at once. */
  private final class Group implements OwnChannels.Groups, GroupLog {

    private final GroupState state = new GroupState();
    private long index;
    private int appended;
    private boolean failing;
    private boolean losesAnswers;
    private boolean silent;
    private boolean refusing;
    private String leader = "2";
    private Promise<Void> uptodate = Promise.promise();

    /** What became of the changes that were in effect at once, repetitions left out. */
    private final List<Verdict> batches = new ArrayList<>();

    private boolean ended;
    private @Nullable Runnable before;

    private Verdict apply(GroupEntry entry) {
      if (entry instanceof ClaimChannel claim) {
        return apply(claim);
      }
      Verdict verdict = state.apply(++index, (NumberedBatch) entry).get(0);
      if (verdict != Verdict.REPEATED) {
        batches.add(verdict);
      }
      return verdict;
    }

    private Verdict apply(ClaimChannel claim) {
      Verdict verdict = state.apply(++index, claim);
      if (verdict == Verdict.APPLIED) {
        ChannelView view = Objects.requireNonNull(state.view(claim.channel()));
        catalog.put(ChannelCatalog.Entry.of(0, view));
        own.changed(view);
      }
      return verdict;
    }

    private void claimedBy(Owner owner) {
      ChannelCatalog.Entry known = catalog.get("own");
      assertThat(
              apply(
                  new ClaimChannel("own", owner, known == null ? null : known.owner(), 1, "epoch")))
          .isEqualTo(Verdict.APPLIED);
    }

    @Override
    public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
      Runnable first = before;
      before = null;
      if (first != null) {
        first.run();
      }
      if (failing) {
        return CompletableFuture.failedStage(new IllegalStateException("no majority"));
      } else if (silent) {
        return new CompletableFuture<>();
      }
      appended++;
      GroupEntry read = entry.entry();
      if (refusing && read instanceof NumberedBatch) {
        return CompletableFuture.completedStage(List.of()); // as if it were of another version
      }
      Verdict verdict = apply(read);
      return losesAnswers
          ? CompletableFuture.failedStage(new IllegalStateException("lost"))
          : CompletableFuture.completedStage(List.of(verdict));
    }

    @Override
    public GroupLog log(String channel) {
      return this;
    }

    @Override
    public String leader(String channel) {
      return leader;
    }

    @Override
    public Executor thread(String channel) {
      return task -> {
        if (ended) {
          throw new RejectedExecutionException("it has ended");
        }
        task.run();
      };
    }

    @Override
    public Future<Void> upToDate(String channel) {
      return failing ? Future.failedFuture("no majority") : uptodate.future();
    }
  }

  private final class Renewals implements OwnChannels.Renewal {

    @Override
    public void renew(String channel) {
      said.add("renew " + channel);
    }

    @Override
    public void lost(String channel) {
      said.add("lost " + channel);
    }
  }
}
