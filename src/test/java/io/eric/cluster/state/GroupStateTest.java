package io.eric.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupStateTest {

  private static final Owner ALPHA = new Owner("alpha", "life 1");
  private static final Owner BETA = new Owner("beta", "life 2");
  private static final Change CREATE = new Change.Create(100, "epoch", "{}");

  private final GroupState group = new GroupState();
  private long index;
  private long claim;

  @BeforeEach
  void claim() {
    claim = claimedBy(ALPHA);
  }

  private long claimedBy(Owner owner) {
    group.apply(++index, new GroupEntry.ClaimGroup(owner));
    return index;
  }

  private Verdict change(long underClaim, Change... changes) {
    Section section = new Section("x", underClaim, List.of(changes));
    return group.apply(++index, new GroupEntry.Batch(List.of(section))).get(0);
  }

  private Verdict claimChannel(Owner owner, @Nullable Owner former) {
    return group.apply(++index, new GroupEntry.ClaimChannel("x", owner, former, 100, "epoch"));
  }

  private static Entry entry(long sequence, @Nullable String receiver, @Nullable String key) {
    return new Entry(sequence, 1_000 + sequence, receiver, "t", Payload.of("p"), null, key);
  }

  private static Change append(long... sequences) {
    return new Change.Append(
        java.util.Arrays.stream(sequences).mapToObj(each -> entry(each, null, null)).toList());
  }

  private ChannelView x() {
    return Objects.requireNonNull(group.view("x"));
  }

  private List<Long> kept() {
    return x().entries().stream().map(Entry::sequence).toList();
  }

  @Test
  void whatTheOwnerOfTheGroupDecidesIsApplied() {
    assertThat(change(claim, CREATE, append(1, 2))).isEqualTo(Verdict.APPLIED);
    assertThat(change(claim, append(3))).isEqualTo(Verdict.APPLIED);
    assertThat(kept()).containsExactly(1L, 2L, 3L);
    assertThat(x().lastSequence()).isEqualTo(3);
    assertThat(x().options()).isEqualTo("{}");
    assertThat(x().epoch()).isEqualTo("epoch");
  }

  @Test
  void whatWasDecidedUnderAnEarlierClaimIsRefused() {
    change(claim, CREATE, append(1));
    long later = claimedBy(BETA);
    assertThat(later).isGreaterThan(claim);
    assertThat(change(claim, append(2))).isEqualTo(Verdict.STALE);
    assertThat(change(claim, new Change.Delete())).isEqualTo(Verdict.STALE);
    assertThat(change(claim, new Change.MoveCursors(Map.of("l", 1L)))).isEqualTo(Verdict.STALE);
    assertThat(change(later, append(2))).isEqualTo(Verdict.APPLIED);
    assertThat(kept()).containsExactly(1L, 2L);
    assertThat(x().cursors()).isEmpty();
  }

  @Test
  void theSameNodeInALaterClaimHasToDecideAnew() {
    change(claim, CREATE);
    claimedBy(ALPHA);
    assertThat(change(claim, append(1))).isEqualTo(Verdict.STALE);
  }

  @Test
  void messagesThatDoNotFollowAreRefusedWithTheirWholeSection() {
    change(claim, CREATE, append(1));
    assertThat(change(claim, new Change.MoveCursors(Map.of("l", 1L)), append(1)))
        .isEqualTo(Verdict.OUT_OF_ORDER);
    assertThat(change(claim, append(3))).isEqualTo(Verdict.OUT_OF_ORDER);
    assertThat(change(claim, append(2, 4))).isEqualTo(Verdict.OUT_OF_ORDER);
    assertThat(change(claim, append(2), append(2))).isEqualTo(Verdict.OUT_OF_ORDER);
    assertThat(kept()).containsExactly(1L);
    assertThat(x().cursors()).isEmpty();
    assertThat(change(claim, append(2), append(3))).isEqualTo(Verdict.APPLIED);
  }

  @Test
  void aChannelIsCreatedOnce() {
    change(claim, CREATE);
    assertThat(change(claim, new Change.Create(200, "other", "{\"a\":1}")))
        .isEqualTo(Verdict.EXISTS);
    assertThat(x().epoch()).isEqualTo("epoch");
    assertThat(change(claim, new Change.Delete())).isEqualTo(Verdict.APPLIED);
    assertThat(group.view("x")).isNull();
    assertThat(change(claim, append(1))).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void twoLivesOfAnIdHaveDifferentTerms() {
    change(claim, CREATE);
    long first = x().term();
    change(claim, new Change.Delete(), CREATE);
    assertThat(x().term()).isGreaterThan(first);
    assertThat(x().lastSequence()).isZero();
  }

  @Test
  void aSectionThatIsRefusedLeavesTheOthersOfItsEntry() {
    Section good = new Section("y", claim, List.of(CREATE));
    Section stale = new Section("x", claim + 1, List.of(CREATE));
    assertThat(group.apply(++index, new GroupEntry.Batch(List.of(stale, good))))
        .containsExactly(Verdict.STALE, Verdict.APPLIED);
    assertThat(group.view("y")).isNotNull();
    assertThat(group.view("x")).isNull();
  }

  @Test
  void droppedMessagesAreGoneAndWhatIsGoneIsKnownPerLane() {
    change(claim, CREATE, new Change.Register("l", new Registration(0, Registration.State.NEW)));
    change(
        claim,
        new Change.Append(
            List.of(entry(1, null, null), entry(2, "l", null), entry(3, null, null))));
    change(claim, new Change.Drop(null, 1, 1));
    assertThat(kept()).containsExactly(2L, 3L);
    change(claim, new Change.Drop("l", 2, 0));
    assertThat(kept()).containsExactly(3L);
    assertThat(x().dropped())
        .containsExactlyInAnyOrder(new Change.Drop(null, 1, 1), new Change.Drop("l", 2, 0));
  }

  @Test
  void aRemovedListenerLeavesNothing() {
    change(claim, CREATE, new Change.Register("l", new Registration(0, Registration.State.NEW)));
    change(claim, new Change.Append(List.of(entry(1, "l", null))));
    change(claim, new Change.MoveCursors(Map.of("l", 1L)));
    change(claim, new Change.Forget("l"), new Change.Drop("l", 1, 0));
    assertThat(kept()).isEmpty();
    assertThat(x().cursors()).isEmpty();
    assertThat(x().listeners()).isEmpty();
    assertThat(x().dropped()).isEmpty();
    assertThat(x().lastSequence()).isEqualTo(1);
  }

  @Test
  void keysOutliveTheirMessagesUntilTheyAreTooManyOrTooOld() {
    change(claim, CREATE);
    change(claim, new Change.Append(List.of(entry(1, null, "k1"), entry(2, null, "k2"))));
    change(claim, new Change.Drop(null, 2, 0));
    assertThat(x().keys()).extracting(key -> key.key()).containsExactly("k1", "k2");
    Entry late =
        new Entry(3, 1_002 + ReplicatedChannel.KEYS_MS, null, "t", Payload.of("p"), null, "k3");
    change(claim, new Change.Append(List.of(late)));
    assertThat(x().keys()).extracting(key -> key.key()).containsExactly("k2", "k3");
  }

  @Test
  void aViewStaysAsItIs() {
    change(claim, CREATE, append(1));
    ChannelView before = x();
    change(claim, append(2), new Change.Drop(null, 1, 0), new Change.Rename("other"));
    assertThat(before.entries()).extracting(Entry::sequence).containsExactly(1L);
    assertThat(before.epoch()).isEqualTo("epoch");
    assertThat(x().epoch()).isEqualTo("other");
  }

  // ---- channels that only one node can open

  @Test
  void aClaimedChannelIsChangedUnderItsOwnClaimOnly() {
    assertThat(claimChannel(BETA, null)).isEqualTo(Verdict.APPLIED);
    long own = x().term();
    assertThat(change(claim, append(1))).isEqualTo(Verdict.STALE);
    assertThat(change(own, append(1))).isEqualTo(Verdict.APPLIED);
    claimedBy(ALPHA);
    assertThat(change(own, append(2))).isEqualTo(Verdict.APPLIED);
    assertThat(x().options()).isNull();
    assertThat(x().owner()).isEqualTo(BETA);
  }

  @Test
  void aLaterClaimNamesTheOwnerThatItReplaces() {
    claimChannel(BETA, null);
    long first = x().term();
    change(first, append(1));
    assertThat(claimChannel(ALPHA, null)).isEqualTo(Verdict.STALE);
    assertThat(claimChannel(ALPHA, new Owner("beta", "another life"))).isEqualTo(Verdict.STALE);
    assertThat(claimChannel(ALPHA, BETA)).isEqualTo(Verdict.APPLIED);
    assertThat(change(first, append(2))).isEqualTo(Verdict.STALE);
    assertThat(change(x().term(), append(2))).isEqualTo(Verdict.APPLIED);
    assertThat(kept()).containsExactly(1L, 2L);
  }

  @Test
  void aChannelOfTheGroupCannotBeClaimedAlone() {
    change(claim, CREATE);
    assertThat(claimChannel(BETA, null)).isEqualTo(Verdict.EXISTS);
  }

  @Test
  void aRepetitionOfTheOwnersEntryChangesNothing() {
    claimChannel(BETA, null);
    long own = x().term();
    assertThat(numbered(own, 1, append(1))).isEqualTo(Verdict.APPLIED);
    assertThat(numbered(own, 1, append(1))).isEqualTo(Verdict.REPEATED);
    assertThat(numbered(own, 2, append(2))).isEqualTo(Verdict.APPLIED);
    assertThat(numbered(own, 1, new Change.Drop(null, 2, 0))).isEqualTo(Verdict.REPEATED);
    assertThat(kept()).containsExactly(1L, 2L);
    group.restore(group.view());
    assertThat(numbered(own, 2, append(2))).isEqualTo(Verdict.REPEATED);
  }

  @Test
  void whatWasRefusedIsRefusedAgain() {
    claimChannel(BETA, null);
    long own = x().term();
    assertThat(numbered(own, 1, append(2))).isEqualTo(Verdict.OUT_OF_ORDER);
    assertThat(numbered(own, 1, append(2))).isEqualTo(Verdict.OUT_OF_ORDER);
  }

  @Test
  void aLaterClaimCountsItsEntriesAnew() {
    claimChannel(BETA, null);
    long first = x().term();
    numbered(first, 5, append(1));
    claimChannel(ALPHA, BETA);
    assertThat(numbered(first, 6, append(2))).isEqualTo(Verdict.STALE);
    assertThat(numbered(x().term(), 1, append(2))).isEqualTo(Verdict.APPLIED);
  }

  @Test
  void entriesOfOwnersOfOneChannelChangeNoOther() {
    change(claim, CREATE);
    assertThat(numbered(x().term(), 1, append(1))).isEqualTo(Verdict.STALE);
    assertThat(numbered(claim, 1, append(1))).isEqualTo(Verdict.STALE);
    assertThat(kept()).isEmpty();
  }

  private Verdict numbered(long under, long number, Change... changes) {
    Section section = new Section("x", under, List.of(changes));
    return group
        .apply(++index, new GroupEntry.NumberedBatch("x", under, number, List.of(section)))
        .get(0);
  }
}
