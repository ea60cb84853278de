package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.Agreement.Stage;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.identity.Seat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClusterStatusTest {

  private final List<Seat> seats = List.of(new Seat("1", "h", 10, 11), new Seat("2", "h", 20, 21));
  private final Map<String, JsonObject> told = new TreeMap<>();
  private List<Member> members = List.of(seats.get(0).with("a"), seats.get(1).with("b"));

  ClusterStatusTest() {
    told.put("1", node("FORMED", leading(0, 0)));
    told.put("2", node("FORMED", new JsonObject().put("group", 0).put("leader", "1")));
  }

  private static JsonObject node(String state, JsonObject group) {
    return new JsonObject()
        .put("state", state)
        .put("agreed", 3)
        .put("free", 1_000)
        .put("waiting", "")
        .put("groups", new JsonArray().add(group));
  }

  private static JsonObject leading(long behind, long silent) {
    return new JsonObject()
        .put("group", 0)
        .put("leader", "1")
        .put("owner", "1")
        .put("term", 2)
        .put("applied", 7)
        .put("behind", new JsonObject().put("2", behind))
        .put("silent", new JsonObject().put("2", silent))
        .put("missing", new JsonArray());
  }

  private JsonObject status() {
    Membership membership = new Membership("c", 1, members);
    return ClusterStatus.of("2", seats, new Agreement(Stage.FORMED, 3, "1", membership), told);
  }

  private List<Object> problems() {
    JsonObject status = status();
    assertThat(status.getBoolean("whole")).isFalse();
    return status.getJsonArray("problems").stream().toList();
  }

  @Test
  void aWholeClusterHasNoProblemsAndItsGroupsAreAsTheirLeaderSeesThem() {
    JsonObject status = status();

    assertThat(status.getBoolean("whole")).isTrue();
    assertThat(status.getJsonArray("groups").getJsonObject(0)).isEqualTo(leading(0, 0));
    assertThat(status.getJsonArray("nodes").getJsonObject(1))
        .isEqualTo(
            new JsonObject()
                .put("node", "2")
                .put("address", "h:20")
                .put("state", "FORMED")
                .put("free", 1_000));
  }

  @Test
  void nodesThatAreAwayAreNamed() {
    told.remove("2");
    assertThat(problems()).containsExactly("node 2 is not reached");

    members = List.of(members.get(0), seats.get(1).with(Member.ABSENT));
    assertThat(problems()).first().asString().contains("`eric cluster replace 2`");
  }

  @Test
  void aGroupWithoutALeaderThatAnswersIsAProblem() {
    told.remove("1");
    assertThat(problems())
        .containsExactly(
            "node 1 is not reached",
            "group 0 has no leader that answers: more than half are needed");

    told.put("1", node("FORMED", leading(0, 0).putNull("owner")));
    assertThat(problems()).containsExactly("group 0 has no owner");
  }

  @Test
  void aFollowerThatLagsOrIsSilentIsAProblem() {
    told.put("1", node("FORMED", leading(1_001, 3_000)));
    assertThat(problems()).containsExactly("node 2 lacks 1001 entries of group 0");

    told.put("1", node("FORMED", leading(0, 3_001)));
    assertThat(problems())
        .containsExactly("node 2 has not answered the leader of group 0 for 3001 ms");
  }

  @Test
  void aReplacementThatIsNotFinishedIsAProblem() {
    told.put("1", node("FORMED", leading(0, 0).put("missing", new JsonArray().add("2"))));
    assertThat(problems())
        .containsExactly("node 2 is not let in by group 0 yet: `eric cluster replace 2`");

    told.put("1", node("FORMED", leading(0, 0)).put("agreed", 2));
    told.put("2", node("JOINING", leading(0, 0)));
    assertThat(problems())
        .containsExactly(
            "node 1 does not know yet who the members are",
            "node 2 is not let in by all groups yet: `eric cluster replace 2`");
  }

  @Test
  void whatANodeComplainsAboutIsSaid() {
    told.get("1").put("trouble", "the node is draining");
    told.get("2").put("waiting", "two clusters");

    assertThat(problems()).containsExactly("node 1: the node is draining", "node 2: two clusters");
  }

  @Test
  void aClusterThatIsNotFormedSaysForWhomItWaits() {
    JsonObject status =
        ClusterStatus.of(
            "1",
            seats,
            null,
            Map.of("1", node("ALONE", leading(0, 0)).put("waiting", "node 1 waits for 2")));

    assertThat(status.getString("cluster")).isNull();
    assertThat(status.getJsonArray("groups")).isEmpty();
    assertThat(status.getJsonArray("problems"))
        .containsExactly(
            "node 1: node 1 waits for 2",
            "node 2 is not reached",
            "the cluster is not formed, as far as node 1 knows");
  }
}
