package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ClusterStatusTextTest {

  @Test
  void nodesAndGroupsAreTablesAndProblemsAList() {
    JsonObject status =
        new JsonObject()
            .put("asked", "1")
            .put("cluster", "c0ffee")
            .put("whole", false)
            .put(
                "nodes",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("node", "1")
                            .put("address", "127.0.0.1:20000")
                            .put("state", "FORMED")
                            .put("free", 5L << 30))
                    .add(
                        new JsonObject()
                            .put("node", "2")
                            .put("address", "127.0.0.1:3")
                            .put("state", "UNREACHED")))
            .put(
                "groups",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("group", 0)
                            .put("leader", "1")
                            .put("owner", null)
                            .put("term", 12)
                            .put("applied", 345)
                            .put("behind", new JsonObject().put("2", 17))
                            .put("silent", new JsonObject().put("2", 4_200)))
                    .add(new JsonObject().put("group", 1)))
            .put("problems", new JsonArray().add("node 2 is not reached"));

    assertThat(new ClusterStatusText(status).lines())
        .containsExactly(
            "cluster c0ffee, as node 1 sees it",
            "",
            "NODE  ADDRESS          STATE      DISK FREE",
            "1     127.0.0.1:20000  formed     5 GiB",
            "2     127.0.0.1:3      unreached  -",
            "",
            "GROUP  LEADER  OWNER  TERM  APPLIED  BEHIND",
            "0      1       -      12    345      2: 17 (silent for 4 s)",
            "1      -       -      -     -        -",
            "",
            "The cluster is not whole:",
            "- node 2 is not reached");
  }

  @Test
  void aClusterThatIsNotFormedHasNoGroups() {
    JsonObject status =
        new JsonObject()
            .put("asked", "1")
            .put("cluster", null)
            .put("whole", true)
            .put("nodes", new JsonArray())
            .put("groups", new JsonArray())
            .put("problems", new JsonArray());

    assertThat(new ClusterStatusText(status).lines())
        .containsExactly(
            "cluster that is not formed, as node 1 sees it",
            "",
            "NODE  ADDRESS  STATE  DISK FREE",
            "",
            "The cluster is whole.");
  }
}
