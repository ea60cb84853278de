package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.Node.Ran;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with `eric cluster`, on nodes as a user runs them. */
@RequiresCommand("curl")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterCommandsIT {

  private static final int CHANNELS = 4;

  /** This is no test of elections: owners stay where they are on a busy machine, too. */
  private static final Map<String, String> PATIENT =
      Map.of("ERIC_CLUSTER_ELECTION_TIMEOUT", "2500");

  @TempDir private Path dir;
  private Cluster cluster;
  private int published;

  @AfterEach
  void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Ran awaitExit(int code, Node node, String... command) {
    return Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .until(() -> node.operate(command), ran -> ran.exit() == code);
  }

  private static JsonObject status(Node node) throws Exception {
    return new JsonObject(node.operate("status", "--json").text());
  }

  /** Creates channels with listeners; a group may just be electing its owner. */
  private void createChannels(Node node) {
    for (int i = 0; i < CHANNELS; i++) {
      String id = "c" + i;
      awaitAnswer(node, id, "-X", "PUT", "/create?channel_id=" + id);
      for (String listener : List.of("first", "second")) {
        String subscribe = "/subscribe?channel_id=" + id + "&listener_id=" + listener;
        awaitAnswer(node, listener, "-X", "POST", subscribe);
      }
    }
  }

  private static void awaitAnswer(Node node, String what, String... request) {
    Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> node.curl(request).contains(what));
  }

  /** Publishes a message to each channel; it may take another owner to be elected. */
  private void publish(Node node) {
    published++;
    for (int i = 0; i < CHANNELS; i++) {
      String path = "/broadcast?channel_id=c" + i;
      String body = "{\"type\":\"m\",\"payload\":" + published + "}";
      String key = "k" + published;
      Awaitility.await()
          .atMost(90, TimeUnit.SECONDS)
          .until(
              () ->
                  node.curl(
                          "-H",
                          "content-type: application/json",
                          "-H",
                          "Idempotency-Key: " + key,
                          "-d",
                          body,
                          path)
                      .equals("null"));
    }
  }

  /** Reads what is retained for a listener of each channel, which nobody has read before. */
  private void assertThatAllIsThere(Node node, String listener) throws Exception {
    for (int i = 0; i < CHANNELS; i++) {
      URI stream = URI.create(node.url() + "/stream/c" + i + "/" + listener);
      HttpResponse<Stream<String>> events =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(stream).timeout(Duration.ofSeconds(30)).build(),
                  HttpResponse.BodyHandlers.ofLines());
      try (Stream<String> lines = events.body()) {
        List<String> data =
            lines.filter(line -> line.startsWith("data: ")).limit(published).toList();
        assertThat(data)
            .as("channel c%d", i)
            .isEqualTo(IntStream.rangeClosed(1, published).mapToObj(n -> "data: " + n).toList());
      }
    }
  }

  private static void restart(Node node) throws Exception {
    node.start();
    node.awaitReady();
  }

  /** Empties the disk of a node, which does not run. */
  private static void loseDisk(Node node, String name) throws Exception {
    Path shared = node.clusterDirectory().resolve(name);
    Path own = Files.exists(shared) ? shared : node.clusterDirectory();
    try (Stream<Path> all = Files.walk(own)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static void awaitSaying(Node node, String what) {
    Awaitility.await().atMost(90, TimeUnit.SECONDS).until(() -> node.logText().contains(what));
  }

  @Test
  void aNodeThatHasLostItsDiskIsReplaced() throws Exception {
    cluster = new Cluster(dir, 3, PATIENT);
    List<Node> nodes = cluster.nodes;
    Node lost = nodes.get(2);
    Node stays = nodes.get(0);
    String name = lost.health().getString("node");
    createChannels(stays);
    publish(stays);

    Ran whole = awaitExit(0, stays, "status");
    assertThat(whole.text())
        .contains("The cluster is whole.")
        .containsPattern("GROUP +LEADER +OWNER");
    assertThat(status(lost).getJsonArray("nodes")).hasSize(3);

    Ran moved = awaitExit(0, stays, "transfer", "0", name);
    assertThat(moved.text()).isEqualTo("node " + name + " owns group 0\n");
    assertThat(owner(stays, 0)).isEqualTo(name);
    assertThat(stays.operate("transfer", "9", name).text())
        .isEqualTo("eric: there is no group 9, allowed are 0 to 2\n");
    assertThat(stays.operate("transfer", "0", "nobody").exit()).isEqualTo(1);

    lost.kill();
    publish(stays);
    Ran degraded = stays.operate("status");
    assertThat(degraded.text()).contains("- node " + name + " is not reached");
    assertThat(degraded.exit()).isEqualTo(3);
    assertThat(stays.operate("replace", name).text()).contains("node " + name + " does not answer");

    loseDisk(lost, name);
    lost.start();
    awaitSaying(lost, "takes no part until an operator runs `eric cluster replace " + name + "`");
    assertThat(lost.url()).isNull();
    Ran interrupted = stays.operate("replace", name, "--timeout", "0");
    assertThat(interrupted.text())
        .startsWith("node " + name + " is recorded with its new disk\n")
        .endsWith("the command may be repeated, and goes on where it is\n");
    assertThat(interrupted.exit()).isEqualTo(1);
    awaitSaying(lost, "waits until all groups have let it in");
    lost.kill(); // in the middle
    lost.start();
    Ran replaced = awaitExit(0, lost, "replace", name); // any node takes the command
    assertThat(replaced.text())
        .endsWith("node " + name + " is a member of all groups with its present disk\n");
    lost.awaitReady();
    cluster.awaitWhole();
    awaitExit(0, stays, "status");
    assertThat(stays.operate("replace", name).exit()).isZero(); // changes nothing

    publish(lost);
    nodes.get(1).kill(); // the new disk and one other are a majority
    publish(stays);
    assertThatAllIsThere(lost, "first");
    restart(nodes.get(1));
    cluster.awaitWhole();

    lost.kill(); // it remembers that it was let in
    restart(lost);
    cluster.awaitWhole();
    for (Node node : nodes) {
      node.kill();
    }
    for (Node node : nodes) {
      node.start();
    }
    for (Node node : nodes) {
      node.awaitReady();
    }
    publish(stays);
    assertThatAllIsThere(lost, "second");
  }

  private static String owner(Node node, int group) throws Exception {
    JsonArray groups = status(node).getJsonArray("groups");
    return groups.getJsonObject(group).getString("owner");
  }

  @Test
  void aFirstStartGoesOnWithoutANodeWhenAnOperatorSaysSo() throws Exception {
    cluster = Cluster.begin(dir, 3, 2, PATIENT);
    Node one = cluster.nodes.get(0);
    Node two = cluster.nodes.get(1);
    awaitSaying(one, "the first start of a cluster needs all its 3 nodes");
    Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .until(() -> status(one).encode().split("ASKING", -1).length == 3);

    Ran waiting = one.operate("status");
    assertThat(waiting.exit()).isEqualTo(3);
    assertThat(waiting.text()).contains("the cluster is not formed, as far as node");
    Ran unforced = one.operate("form");
    assertThat(unforced.exit()).isEqualTo(2);
    assertThat(unforced.text()).contains("needs --force").contains("there are two then");

    Ran forced = one.operate("form", "--force");
    assertThat(forced.text()).startsWith("the cluster is formed without node");
    assertThat(forced.exit()).isZero();
    one.awaitReady();
    two.awaitReady();
    createChannels(two);
    publish(one);

    Node late = cluster.nodes.get(2);
    late.start();
    awaitSaying(late, "takes no part until an operator runs `eric cluster replace");
    String name = absent(status(one));
    awaitExit(0, one, "replace", name);
    late.awaitReady();
    cluster.awaitWhole();
    one.kill();
    publish(two);
    assertThatAllIsThere(late, "first");
  }

  private static String absent(JsonObject status) {
    for (Object each : status.getJsonArray("nodes")) {
      JsonObject node = (JsonObject) each;
      if (!node.getString("state").equals("FORMED")) {
        return node.getString("node");
      }
    }
    throw new AssertionError("all are members: " + status);
  }
}
