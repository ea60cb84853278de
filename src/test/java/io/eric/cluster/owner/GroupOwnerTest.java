package io.eric.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.GroupOwner.State;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The states of a group's owner, and that a channel is open at most once, whatever happens. */
class GroupOwnerTest {

  private static final Owner ME = new Owner("1", "this life");
  private static final Owner OTHER = new Owner("2", "its life");
  private static final Owner FORMER_LIFE = new Owner("1", "a former life");

  /** Longer than a claim that failed waits for the next one, shorter than the patience to leave. */
  private static final long SOON_MS = 300;

  /** The situations that the table begins with: states, and two of them in which one leaves. */
  private enum Situation {
    FOLLOWING,
    CLAIMING,
    OWNING,
    CLOSING,
    TRANSFERRING,
    FAILED
  }

  /**
   * What follows: the state, then what the owner does, beginning with the step that does not have
   * to wait. "claim" appends a claim, "handed" answers the call to hand the group over, "close"
   * drops what is accepted, "leave" appends it. In each situation channel "a" is open or was, and
   * "b" is being opened, except when the group is transferred, because all channels have left then.
   * A dash is an event from which nothing follows, a slash one that cannot be.
   */
  private static final String TABLE =
      """
      event           | FOLLOWING  | CLAIMING   | OWNING         | CLOSING | TRANSFERRING | FAILED
      leads           | CLAIMING: claim | –     | –              | –       | –       | –
      follows         | –          | FOLLOWING: | FOLLOWING: close a | FOLLOWING: handed | FOLLOWING: handed | –
      claimed here    | –          | OWNING: open a | OWNING: close a, open a | OWNING: handed | OWNING: handed, open a, open b | –
      claimed there   | –          | CLAIMING: claim | CLAIMING: close a, claim | CLAIMING: handed, claim | CLAIMING: handed, claim | –
      by former life  | –          | CLAIMING: claim | CLAIMING: close a, claim | CLAIMING: handed, claim | CLAIMING: handed, claim | –
      created         | –          | –          | OWNING: open c | –       | –       | –
      pinned claimed  | –          | –          | –              | –       | –       | –
      deleted         | –          | –          | –              | –       | –       | –
      failed          | FAILED:    | FAILED:    | FAILED: close a | FAILED: handed | FAILED: handed | –
      append fails    | –          | –          | CLAIMING: close a, claim | CLAIMING: handed, claim | – | –
      claim fails     | –          | CLAIMING: claim | –         | –       | –       | –
      hand over       | FOLLOWING: handed | CLAIMING: handed | LEAVING: leave a | – | –       | FAILED: handed
      transferred     | /          | /          | /              | /       | FOLLOWING: handed | /
      not transferred | /          | /          | /              | /       | CLAIMING: handed, claim | /
      b opens         | FOLLOWING: close b | CLAIMING: close b | – | LEAVING: leave b | / | FAILED: close b
      b cannot open   | FOLLOWING: close b | CLAIMING: close b | OWNING: open b | LEAVING: leave b | / | FAILED: close b
      """;

  private final Fixture on = new Fixture();

  @AfterEach
  void noChannelWasOpenTwice() {
    assertThat(on.channels.faults).isEmpty();
  }

  @Test
  void aChannelIsOpenedAgainWhenItsCloseHasEnded() {
    on.bringTo(Situation.OWNING);
    on.channels.opened("b");
    on.channels.holdCloses = true;
    on.claimed(ME);
    on.said.clear();
    Future<Void> settled = on.owner.settled("a");
    on.channels.closed("b");
    assertThat(on.said).containsExactly("open b");
    on.time.pass(10_000); // a close that hangs keeps only its own channel from being opened
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
    assertThat(settled.isComplete()).isFalse();
    on.channels.closed("a");
    on.channels.opened("a");
    assertThat(on.said).containsExactly("open b", "open a");
    assertThat(settled.succeeded()).isTrue();
    assertThat(on.owner.settled("a").succeeded()).isTrue();
  }

  @Test
  void aGroupIsHandedOverAlthoughAChannelDoesNotLeave() {
    on.bringTo(Situation.CLOSING);
    on.channels.opened("b");
    on.channels.closed("b");
    on.said.clear();
    on.time.pass(GroupOwner.LEAVE_MS - 2);
    assertThat(on.said).isEmpty();
    on.time.pass(2);
    assertThat(on.said).containsExactly("transfer");
    assertThat(on.refusalOfAProposal()).hasMessageContaining("the group goes to node 2");
    on.replica.transfer.complete(null);
    on.time.pass(1);
    assertThat(on.said).containsExactly("transfer", "handed");
  }

  @Test
  void aGroupIsHandedOverAsSoonAsAllChannelsHaveLeft() {
    on.bringTo(Situation.CLOSING);
    on.channels.closed("a");
    on.channels.opened("b");
    on.said.clear();
    on.channels.closed("b");
    assertThat(on.said).containsExactly("transfer");
  }

  @Test
  void whatIsAcceptedCanStillBeAppendedUntilTheGroupIsTransferred() {
    on.bringTo(Situation.CLOSING);
    Future<Verdict> last = on.propose();
    on.replica.answerLastBatch();
    assertThat(last.result()).isEqualTo(Verdict.APPLIED);
  }

  @Test
  void theAnswerOfATransferIsOldAfterTheGroupCameBack() {
    on.bringTo(Situation.TRANSFERRING);
    on.owner.follows();
    on.owner.leads();
    on.claimed(ME);
    on.replica.transfer.complete(null);
    on.time.pass(SOON_MS);
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
  }

  @Test
  void whatFailsLateOfAFormerTenureDoesNotEndThePresentOne() {
    on.bringTo(Situation.CLAIMING);
    on.claimed(ME);
    on.replica.failLastBatch();
    on.replica.claims.forEach(claim -> claim.completeExceptionally(broken()));
    on.time.pass(SOON_MS);
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
    assertThat(on.replica.claims).hasSize(2);
  }

  @Test
  void aClaimThatFailsIsRepeatedUntilOneIsApplied() {
    on.owner.leads();
    for (int i = 0; i < 5; i++) {
      on.replica.failLastClaim();
      on.time.pass(SOON_MS);
    }
    assertThat(on.replica.claims).hasSize(6);
    on.claimed(ME);
    on.replica.failLastClaim(); // its outcome was unknown, and the claim is applied
    on.time.pass(SOON_MS);
    assertThat(on.replica.claims).hasSize(6);
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
  }

  @Test
  void aChannelThatThrowsWhenItIsOpenedIsTriedAgain() {
    on.channels.throwsOnce = true;
    on.owner.leads();
    on.claimed(ME);
    assertThat(on.said).containsExactly("claim", "open b");
    on.time.pass(SOON_MS);
    assertThat(on.said).containsExactly("claim", "open b", "open a");
  }

  @Test
  void aChannelThatHasAppendedBeforeItCouldNotBeOpenedIsOpenedAsItIsThen() {
    on.bringTo(Situation.OWNING);
    on.replica.channels.put("b", channel("b", 2, 7, "{}"));
    on.said.clear();
    on.cannotOpen("b");
    on.time.pass(SOON_MS);
    assertThat(on.said).containsExactly("open b");
    assertThat(on.channels.lastSequences).endsWith(7L);
    assertThat(on.owner.unopened()).containsOnlyKeys("b");
    on.channels.opened("b");
    assertThat(on.owner.unopened()).isEmpty();
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
  }

  @Test
  void aChannelThatCanNeverBeOpenedIsTriedLessAndLessOftenAndDisturbsNoOther() {
    on.bringTo(Situation.OWNING);
    on.said.clear();
    long waited = 0;
    for (long pause = GroupOwner.FIRST_PAUSE_MS; pause < 60_000; pause *= 2) {
      on.cannotOpen("b");
      long expected = Math.min(pause, GroupOwner.LONGEST_PAUSE_MS);
      on.time.pass(expected - 1);
      assertThat(on.said).as("after %s ms", waited).isEmpty();
      on.time.pass(2);
      assertThat(on.said).as("after %s ms", waited).containsExactly("open b");
      on.said.clear();
      waited += expected;
    }
    assertThat(on.owner.unopened())
        .hasEntrySatisfying("b", why -> assertThat(why).contains("broken"));
    assertThat(on.owner.state()).isEqualTo(State.OWNING);
    assertThat(on.replica.claims).hasSize(1);
    on.owner.deleted("b");
    assertThat(on.owner.unopened()).isEmpty();
  }

  @Test
  void ofAChannelThatWasCreatedAnewOnlyItsNewLifeIsOpened() {
    on.bringTo(Situation.OWNING);
    on.cannotOpen("b");
    on.owner.deleted("b");
    on.owner.channelChanged(channel("b", 200, "{}"));
    on.time.pass(SOON_MS);
    on.channels.opened("b");
    on.time.pass(SOON_MS);
    assertThat(on.channels.terms).endsWith(200L).doesNotHaveDuplicates();
  }

  @Test
  void aChannelIsCreatedByTheOwnerAlone() {
    Promise<Verdict> early = Promise.promise();
    on.owner.create("c", new Change.Create(1, "epoch", "{}"), early);
    assertThat(early.future().cause()).isInstanceOf(UnavailableException.class);
    on.bringTo(Situation.OWNING);
    Promise<Verdict> created = Promise.promise();
    on.owner.create("c", new Change.Create(1, "epoch", "{}"), created);
    on.replica.answerLastBatch();
    assertThat(created.future().result()).isEqualTo(Verdict.APPLIED);
  }

  @Test
  void whateverHappensEveryOpenIsFollowedByACloseBeforeTheNextOne() {
    for (long seed = 1; seed <= 500; seed++) {
      Fixture fixture = new Fixture();
      fixture.channels.holdCloses = true;
      Random random = new Random(seed);
      for (int i = 0; i < 100; i++) {
        fixture.anything(random);
      }
      fixture.owner.follows();
      fixture.replica.transfer.complete(null);
      for (int i = 0; i < 1_000; i++) {
        fixture.channels.endOne(random);
        fixture.time.pass(10);
      }
      assertThat(fixture.channels.faults).as("seed %s", seed).isEmpty();
      assertThat(fixture.channels.there).as("open after seed %s", seed).isEmpty();
    }
  }

  @TestFactory
  Stream<DynamicTest> whatFollowsFromEachEventInEachState() {
    Map<String, Consumer<Fixture>> events = events();
    List<List<String>> rows =
        TABLE.lines().map(row -> Stream.of(row.split("\\|")).map(String::strip).toList()).toList();
    List<Situation> situations =
        rows.get(0).stream().skip(1).map(name -> Situation.valueOf(name)).toList();
    assertThat(situations).containsExactly(Situation.values());
    assertThat(rows.stream().skip(1).map(row -> row.get(0)))
        .containsExactlyElementsOf(events.keySet());
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> row : rows.subList(1, rows.size())) {
      Consumer<Fixture> event = Objects.requireNonNull(events.get(row.get(0)));
      for (int i = 0; i < situations.size(); i++) {
        Situation situation = situations.get(i);
        String expected = row.get(i + 1);
        if (!expected.equals("/")) {
          tests.add(
              DynamicTest.dynamicTest(
                  situation + ", " + row.get(0),
                  () -> assertThat(outcome(situation, event)).isEqualTo(expected)));
        }
      }
    }
    return tests.stream();
  }

  private static String outcome(Situation situation, Consumer<Fixture> event) {
    Fixture fixture = new Fixture();
    fixture.bringTo(situation);
    fixture.said.clear();
    State before = fixture.owner.state();
    event.accept(fixture);
    fixture.time.pass(SOON_MS);
    assertThat(fixture.channels.faults).isEmpty();
    State after = fixture.owner.state();
    boolean tenure = fixture.owner.tenure() != null;
    assertThat(tenure).isEqualTo(after == State.OWNING || after == State.LEAVING);
    if (after == before && fixture.said.isEmpty()) {
      return "–";
    }
    return (after + ": " + String.join(", ", fixture.said)).strip();
  }

  private static Map<String, Consumer<Fixture>> events() {
    Map<String, Consumer<Fixture>> events = new LinkedHashMap<>();
    events.put("leads", on -> on.owner.leads());
    events.put("follows", on -> on.owner.follows());
    events.put("claimed here", on -> on.claimed(ME));
    events.put("claimed there", on -> on.claimed(OTHER));
    events.put("by former life", on -> on.claimed(FORMER_LIFE));
    events.put("created", on -> on.owner.channelChanged(channel("c", 200, "{}")));
    events.put("pinned claimed", on -> on.owner.channelChanged(channel("p", 200, null)));
    events.put("deleted", on -> on.owner.deleted("a"));
    events.put("failed", on -> on.owner.failed());
    events.put("append fails", on -> on.replica.failLastBatch());
    events.put("claim fails", on -> on.replica.failLastClaim());
    events.put("hand over", Fixture::handOver);
    events.put("transferred", on -> on.replica.transfer.complete(null));
    events.put("not transferred", on -> on.replica.transfer.completeExceptionally(broken()));
    events.put("b opens", on -> on.channels.opened("b"));
    events.put("b cannot open", on -> on.cannotOpen("b"));
    return events;
  }

  private static RuntimeException broken() {
    return new IllegalStateException("broken");
  }

  private static ChannelView channel(String id, long term, @Nullable String options) {
    return channel(id, term, 0, options);
  }

  private static ChannelView channel(
      String id, long term, long lastSequence, @Nullable String options) {
    return new ChannelView(
        id,
        1,
        term,
        "epoch",
        options,
        null,
        0,
        lastSequence,
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        List.of());
  }

  /** An owner with all that it talks to. */
  private static final class Fixture {

    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedLoop loop = new SimulatedLoop(time);
    private final List<String> said = new ArrayList<>();
    private final HeldReplica replica = new HeldReplica(said);
    private final HeldChannels channels = new HeldChannels(said);
    private final GroupOwner owner =
        new GroupOwner(
            ME, replica, Runnable::run, loop, channels, new EntryLimits(1_000, 4, 1 << 20));
    private long index = 100;

    /** Every way to a situation has a tenure in it, of which something is still under way. */
    private void bringTo(Situation situation) {
      owner.leads();
      claimed(ME);
      channels.opened("a");
      propose();
      switch (situation) {
        case OWNING -> {}
        case FOLLOWING -> owner.follows();
        case CLAIMING -> {
          owner.follows();
          owner.leads();
        }
        case CLOSING -> {
          channels.holdCloses = true;
          handOver();
        }
        case TRANSFERRING -> {
          channels.opened("b");
          handOver();
        }
        case FAILED -> owner.failed();
      }
      time.pass(1);
    }

    private void claimed(Owner who) {
      GroupView view =
          new GroupView(
              ++index,
              who,
              List.of(channel("a", 1, "{}"), channel("b", 2, "{}"), channel("pinned", 3, null)));
      owner.claimed(index, who, who.equals(ME) ? view : null);
    }

    private void handOver() {
      owner.handOver("2").onComplete(done -> said.add("handed"));
    }

    /**
     * Lets an attempt to open a channel fail. The next attempt waits for what is pending, so that
     * it finds all of it in effect.
     */
    private void cannotOpen(String channel) {
      replica.answerLastBatch();
      channels.openFails(channel);
    }

    /** Proposes something, whose failure tells that the tenure is over. */
    private Future<Verdict> propose() {
      Promise<Verdict> verdict = Promise.promise();
      Objects.requireNonNull(owner.tenure()).propose("a", List.of(new Change.Delete()), verdict);
      return verdict.future();
    }

    private Throwable refusalOfAProposal() {
      return propose().cause();
    }

    /** Something that can be in the present state. */
    private void anything(Random random) {
      switch (random.nextInt(12)) {
        case 0, 1 -> owner.leads();
        case 2 -> owner.follows();
        case 3, 4 -> claimed(ME);
        case 5 -> claimed(OTHER);
        case 6 -> handOver();
        case 7 -> replica.transfer.completeExceptionally(broken());
        case 8 -> {
          if (owner.tenure() != null) {
            propose();
            replica.failLastBatch();
          }
        }
        case 9 -> time.pass(random.nextInt(500));
        default -> channels.endOne(random);
      }
      time.pass(random.nextInt(2));
    }
  }

  /** A replica that answers when the test says so. */
  private static final class HeldReplica implements GroupReplica {

    private final List<String> said;
    private final List<CompletableFuture<List<Verdict>>> claims = new ArrayList<>();
    private final List<CompletableFuture<List<Verdict>>> batches = new ArrayList<>();
    private final Map<String, ChannelView> channels =
        new HashMap<>(
            Map.of(
                "a",
                GroupOwnerTest.channel("a", 1, "{}"),
                "b",
                GroupOwnerTest.channel("b", 2, "{}")));
    private CompletableFuture<Void> transfer = new CompletableFuture<>();

    private HeldReplica(List<String> said) {
      this.said = said;
    }

    private void failLastBatch() {
      batches.get(batches.size() - 1).completeExceptionally(broken());
    }

    /** Answers the last batch, for which those before it have to be answered first. */
    private void answerLastBatch() {
      for (int i = 0; i < batches.size(); i++) { // an answer may cause the next batch
        batches.get(i).complete(List.of(Verdict.APPLIED));
      }
    }

    private void failLastClaim() {
      claims.get(claims.size() - 1).completeExceptionally(broken());
    }

    @Override
    public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
      CompletableFuture<List<Verdict>> answer = new CompletableFuture<>();
      if (entry.entry() instanceof ClaimGroup claim) {
        assertThat(claim.owner()).isEqualTo(ME);
        said.add("claim");
        claims.add(answer);
      } else {
        Batch batch = (Batch) entry.entry();
        if (batch.sections().stream().allMatch(each -> each.changes().isEmpty())) {
          answer.complete(List.of(Verdict.APPLIED)); // asks only what is in effect
        } else {
          batches.add(answer);
        }
      }
      return answer;
    }

    @Override
    public void succeed(String leader) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> transferTo(String node) {
      said.add("transfer");
      transfer = new CompletableFuture<>();
      return transfer;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public @Nullable ChannelView channel(String id) {
      return channels.get(id);
    }

    @Override
    public CompletionStage<Void> readIndex() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Status status() {
      throw new UnsupportedOperationException();
    }
  }

  /** Channels that open when the test says so, and notice if they are opened twice. */
  private static final class HeldChannels implements GroupOwner.Channels {

    private final List<String> said;
    private final List<String> faults = new ArrayList<>();

    /** Channels that are open, or may be because their opening or closing has not ended. */
    private final Set<String> there = new HashSet<>();

    private final Map<String, Promise<Void>> underWay = new HashMap<>();

    private final Set<String> opening = new HashSet<>();
    private final List<Long> terms = new ArrayList<>();
    private final List<Long> lastSequences = new ArrayList<>();
    private boolean throwsOnce;
    private boolean holdCloses;

    private HeldChannels(List<String> said) {
      this.said = said;
    }

    private Promise<Void> begin(String channel, String what) {
      said.add(what + " " + channel);
      Promise<Void> step = Promise.promise();
      if (underWay.put(channel, step) != null) {
        faults.add(what + " " + channel + " overlaps the step before");
      }
      step.future().onComplete(done -> underWay.remove(channel));
      return step;
    }

    @Override
    public Future<Void> open(ChannelView channel, Tenure tenure) {
      if (throwsOnce) {
        throwsOnce = false;
        throw broken();
      }
      if (!there.add(channel.id())) {
        faults.add(channel.id() + " is open twice");
      }
      opening.add(channel.id());
      terms.add(channel.term());
      lastSequences.add(channel.lastSequence());
      return begin(channel.id(), "open")
          .future()
          .onComplete(done -> opening.remove(channel.id()))
          .onFailure(e -> there.remove(channel.id()));
    }

    @Override
    public Future<Void> close(String channel, boolean inOrder) {
      Promise<Void> step = begin(channel, inOrder ? "leave" : "close");
      step.future().onSuccess(done -> there.remove(channel));
      if (!holdCloses) {
        step.complete();
      }
      return step.future();
    }

    private void opened(String channel) {
      Objects.requireNonNull(underWay.get(channel), channel).complete();
    }

    private void openFails(String channel) {
      Objects.requireNonNull(underWay.get(channel), channel).fail("broken");
    }

    private void closed(String channel) {
      opened(channel);
    }

    /** Lets everything end, well or not. */
    private void endOne(Random random) {
      List<String> waiting = underWay.keySet().stream().sorted().toList();
      if (!waiting.isEmpty()) {
        String channel = waiting.get(random.nextInt(waiting.size()));
        if (opening.contains(channel) && random.nextInt(3) == 0) {
          openFails(channel);
        } else {
          opened(channel);
        }
      }
    }
  }
}
