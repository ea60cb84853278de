package io.eric.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.identity.Agreement.Stage;
import io.eric.cluster.identity.Formation.State;
import io.eric.cluster.identity.FormingNodes.Node;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FormationTest {

  private final FormingNodes three = new FormingNodes(3, 0);
  private final Node one = three.node("1");
  private final Node two = three.node("2");
  private final Node last = three.node("3");

  private void pass(long ms) {
    three.time.pass(ms);
  }

  private void formAll() {
    three.startAll();
    pass(3_000);
    assertThat(three.states()).containsOnly(State.FORMED);
  }

  @Test
  void oneNodeFormsAtOnce() {
    FormingNodes single = new FormingNodes(1, 0);
    single.startAll();
    single.time.pass(100);

    assertThat(single.node("1").state()).isEqualTo(State.FORMED);
    assertThat(single.node("1").formation.waitingFor()).isEqualTo(Waiting.NOTHING);
  }

  @Test
  void threeNodesFormWhenAllAreThere() {
    one.start();
    pass(2_000);
    assertThat(one.state()).isEqualTo(State.ALONE);
    assertThat(one.formation.waitingFor())
        .isEqualTo(
            new Waiting(
                List.of("2", "3"),
                "the first start of a cluster needs all its 3 nodes, and node 1 waits for 2, 3; for"
                    + " fewer nodes set cluster.size or cluster.members, such as --cluster-members"
                    + " 1 for one, or let `eric cluster form --force` go on without them"));
    two.start();
    pass(10_000);
    assertThat(one.state()).isEqualTo(State.ASKING);
    assertThat(two.formation.waitingFor().nodes()).containsExactly("3");
    assertThat(one.formed.isComplete()).isFalse();

    last.start();
    pass(2_000);

    assertThat(three.states()).containsOnly(State.FORMED);
    assertThat(one.formed.result().members())
        .extracting(Member::storage)
        .containsExactly("1s0", "2s0", "3s0");
    assertThat(last.formed.result()).isEqualTo(one.formed.result());
    assertThat(last.formation.waitingFor()).isEqualTo(Waiting.NOTHING);
  }

  @Test
  void aNodeWhoseOthersAreGoneIsAloneAgain() {
    one.start();
    two.start();
    pass(1_000);
    assertThat(two.state()).isEqualTo(State.ASKING);

    one.crash();
    pass(5_000);

    assertThat(two.state()).isEqualTo(State.ALONE);
  }

  @Test
  void aFormedNodeServesAtOnceWhenItComesBackAlone() {
    formAll();
    Membership membership = one.formation.membership();
    three.nodes.values().forEach(Node::crash);

    two.start();
    pass(1);

    assertThat(two.state()).isEqualTo(State.FORMED);
    assertThat(two.formed.result()).isEqualTo(membership);
  }

  private Agreement agreement(Stage stage, String cluster, String... storages) {
    List<Member> members =
        List.of(
            one.seats.get(0).with(storages[0]),
            one.seats.get(1).with(storages[1]),
            one.seats.get(2).with(storages[2]));
    return new Agreement(stage, 1, "1", new Membership(cluster, 3, members));
  }

  @Test
  void aPreparedNodeLearnsFromAnyFormedOneOfItsCluster() {
    two.disk = agreement(Stage.PREPARED, "c", "1s0", "2s0", "3s0");
    last.disk = agreement(Stage.FORMED, "c", "1s0", "2s0", "3s0");
    two.start();
    pass(1_000);
    assertThat(two.state()).isEqualTo(State.PREPARED);

    last.start();
    pass(1_000);

    assertThat(two.state()).isEqualTo(State.FORMED);
    assertThat(two.cluster()).isEqualTo("c");
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aProposerGoesOnWithWhatItHasRecorded(Stage stage) {
    one.disk = agreement(stage, "c", "1s0", "2s0", "3s0");
    two.disk = agreement(Stage.PREPARED, "c", "1s0", "2s0", "3s0");
    three.startAll();
    pass(2_000);

    assertThat(three.states()).containsOnly(State.FORMED);
    assertThat(three.clusters()).containsExactly("c");
  }

  @Test
  void aProposalOfAnotherDiskIsMadeAnew() {
    one.disk = agreement(Stage.PREPARED, "c", "1s0", "2s0", "old");
    two.disk = one.disk;
    three.startAll();
    pass(3_000);

    assertThat(three.states()).containsOnly(State.FORMED);
    assertThat(three.clusters()).hasSize(1).doesNotContain("c");
  }

  @Test
  void theLostDiskOfAProposerIsNoObstacle() {
    two.disk = agreement(Stage.PREPARED, "c", "old", "2s0", "3s0");
    last.disk = two.disk;
    three.startAll();
    pass(3_000);

    assertThat(three.states()).containsOnly(State.FORMED);
    assertThat(three.clusters()).hasSize(1).doesNotContain("c");
  }

  @Test
  void anEmptyDiskMustBeReplaced() {
    formAll();
    two.crash();
    two.loseDisk();
    two.start();
    pass(2_000);

    assertThat(two.state()).isEqualTo(State.MUST_REPLACE);
    assertThat(two.formed.isComplete()).isFalse();
    assertThat(two.formation.waitingFor())
        .isEqualTo(
            new Waiting(
                List.of("2"),
                "the cluster exists, and the disk of node 2 is none of its members' (a new or"
                    + " emptied directory): the node takes no part until an operator runs `eric"
                    + " cluster replace 2`"));

    Future<Membership> replaced = one.formation.replaced("2", two.storage, 0);
    pass(1_000);

    assertThat(replaced.result().member("2").storage()).isEqualTo(two.storage);
    assertThat(two.state()).isEqualTo(State.FORMED);
    assertThat(two.formed.result()).isEqualTo(replaced.result());
    assertThat(last.formation.membership()).isEqualTo(replaced.result());
    assertThat(replaced.result().hasJoined(two.storage)).isTrue();
    assertThat(replaced.result().hasJoined(one.storage)).isFalse();
  }

  @Test
  void aNodeThatWasAwayLearnsOfAReplacement() {
    formAll();
    two.crash();
    two.loseDisk();
    two.start();
    pass(2_000);
    last.cut = true;
    Future<Membership> replaced = one.formation.replaced("2", two.storage, 7);
    pass(5_000);
    assertThat(last.formation.membership()).isNotEqualTo(replaced.result());

    last.cut = false;
    pass(5_000);

    assertThat(last.formation.membership()).isEqualTo(replaced.result());
    assertThat(last.formation.agreement().attempt()).isEqualTo(7);
    last.crash();
    one.formation.replaced("2", "another", 0);
    pass(1_000);
    last.start();
    pass(1_000);
    assertThat(last.formation.membership().member("2").storage()).isEqualTo("another");
  }

  @Test
  void aDiskThatWasReplacedSaysSoWhenItComesBack() {
    formAll();
    two.crash();
    Agreement before = two.disk;
    one.formation.replaced("2", "another", 0);
    pass(1_000);

    two.start();
    pass(1_000);

    assertThat(two.state()).isEqualTo(State.WAS_REPLACED);
    assertThat(two.disk).isEqualTo(before);
    assertThat(two.formation.waitingFor().sentence())
        .startsWith("an operator has replaced node 2, and this is the disk that it had before")
        .endsWith("`eric cluster replace 2` lets it in");

    one.formation.replaced("2", two.storage, 0);
    pass(1_000);
    assertThat(two.state()).isEqualTo(State.FORMED);
  }

  @Test
  void whatANodeIsIsAskedOfTheNode() {
    formAll();
    two.crash();
    two.loseDisk();
    two.start();
    pass(1_000);

    Future<Standing> lost = one.formation.standing("2");
    Future<Standing> member = one.formation.standing("3");
    pass(1_000);

    assertThat(lost.result()).isEqualTo(new Standing("2", two.storage, null));
    assertThat(member.result().isFormed()).isTrue();
    two.crash();
    Future<Standing> gone = one.formation.standing("2");
    pass(5_000);
    assertThat(gone.cause()).hasMessage("no answer");
  }

  @Test
  void onlyMembersAreReplaced() {
    one.start();
    pass(100);
    Future<Membership> early = one.formation.replaced("2", "x", 0);
    assertThat(early.cause()).hasMessage("the cluster is not formed");
    two.start();
    last.start();
    pass(3_000);

    assertThat(one.formation.replaced("4", "x", 0).cause())
        .hasMessage("node 4 is no member of the cluster, members are 1, 2, 3");
  }

  @Test
  void otherSettingsAreNamed() {
    last.groups = 5;
    three.startAll();
    pass(5_000);

    assertThat(three.states()).containsOnly(State.ASKING);
    assertThat(two.formation.waitingFor())
        .isEqualTo(
            new Waiting(
                List.of("3"),
                "node 2 and node 3 have different settings, and the first start of a cluster needs"
                    + " equal ones: cluster.groups is 3 and 5"));
    assertThat(one.formation.force()).isNotNull();
    pass(3_000);
    assertThat(three.clusters()).isEmpty();

    last.crash();
    last.groups = 3;
    last.start();
    pass(3_000);
    assertThat(three.states()).containsOnly(State.FORMED);
  }

  @Test
  void anOperatorMayGoOnWithoutANode() {
    two.start();
    last.start();
    pass(1_000);

    Future<Membership> forced = two.formation.force();
    pass(5_000);

    assertThat(forced.result().member("1").isAbsent()).isTrue();
    assertThat(last.formation.membership()).isEqualTo(forced.result());
    one.start();
    pass(2_000);
    assertThat(one.state()).isEqualTo(State.MUST_REPLACE);
    two.formation.replaced("1", one.storage, 0);
    pass(2_000);
    assertThat(three.states()).containsOnly(State.FORMED);
  }

  @Test
  void aMinorityCannotBeForced() {
    two.start();
    pass(1_000);

    Future<Membership> forced = two.formation.force();
    pass(5_000);

    assertThat(forced.cause())
        .hasMessage(
            "of 3 nodes, 1, 3 do not answer, and more than half are needed: for a smaller cluster"
                + " set cluster.size or cluster.members");
  }

  @Test
  void aForcedNodeAsksWhetherAClusterExists() {
    formAll();
    two.crash();
    two.loseDisk();
    two.start();
    pass(1_000);

    Future<Membership> forced = two.formation.force();
    pass(1_000);

    assertThat(forced.cause()).hasMessageContaining("`eric cluster replace 2`");
  }

  @Test
  void nodesOfDifferentClustersSaySo() {
    one.disk = agreement(Stage.FORMED, "c", "1s0", "2s0", "3s0");
    two.disk = agreement(Stage.FORMED, "d", "1s0", "2s0", "3s0");
    three.startAll();
    pass(2_000);

    assertThat(one.formation.waitingFor().nodes()).containsExactly("2");
    assertThat(one.formation.waitingFor().sentence())
        .isEqualTo(
            "node 1 and 2 are of different clusters: empty the directory of those that are to join"
                + " the others, and replace them");
  }

  @Test
  void aLostProposersMessageDoesNotFormWhatIsForgotten() {
    two.disk =
        new Agreement(
            Stage.PREPARED,
            2,
            "1",
            agreement(Stage.PREPARED, "new", "1s0", "2s0", "3s0").membership());
    two.start();
    pass(100);
    Agreement old = agreement(Stage.FORMED, "c", "gone", "2s0", "3s0");
    Applicant gone = new Applicant("1", "gone", 3, one.seats);

    Future<Buffer> answer = two.formation.answer("1", new Statement(gone, old, null).toBuffer());
    pass(1_000);

    assertThat(Statement.from(answer.result()).agreement()).isEqualTo(two.disk);
    assertThat(two.state()).isEqualTo(State.PREPARED);
  }

  @Test
  void anEarlierProposalIsNotAgreedTo() {
    two.disk =
        new Agreement(
            Stage.PREPARED,
            2,
            "1",
            agreement(Stage.PREPARED, "new", "1s0", "2s0", "3s0").membership());
    two.start();
    pass(100);
    Agreement earlier = agreement(Stage.PREPARED, "c", "1s0", "2s0", "3s0");
    Applicant other = new Applicant("1", "1s0", 3, one.seats);

    Future<Buffer> answer =
        two.formation.answer("1", new Statement(other, null, earlier).toBuffer());
    pass(100);

    assertThat(Statement.from(answer.result()).agreement().membership().cluster()).isEqualTo("new");
  }

  @Test
  void whatIsNoStatementIsRefused() {
    one.start();
    pass(10);

    assertThat(one.formation.answer("2", Buffer.buffer("{}")).cause())
        .hasMessage("node 2 has sent another form of statement than this version knows");
  }

  @Test
  void aDiskThatFailsEndsTheNode() {
    one.diskFails = true;
    three.startAll();
    pass(3_000);

    assertThat(one.formed.cause()).hasMessage("no space left");
    assertThat(one.formation.waitingFor().sentence()).isEqualTo("node 1 has failed: no space left");
    assertThat(two.formed.isComplete()).isFalse();
  }

  @Test
  void aNodeThatIsClosedJoinsNothing() {
    one.start();
    pass(100);
    one.formation.close();

    assertThat(one.formed.cause())
        .hasMessage("the node was stopped before it had joined a cluster");
    two.start();
    last.start();
    pass(3_000);
    assertThat(three.clusters()).isEmpty();
  }
}
