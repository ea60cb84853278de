package io.eric.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Cuts the owner of a channel off from the two other nodes, again and again, and prints how long it
 * takes until one of these acknowledges a message to that channel; and, after the heal, until all
 * nodes are UP and see each other, and until the node that was cut off acknowledges a message. It
 * needs the rights to make network namespaces, and {@code -Deric.jar}.
 *
 * <p>The nodes have streams, so that a channel that does not confirm them shows in their health.
 */
final class CutBenchmark {

  private static final int STREAMS = 20;
  private static final long CUT_MS = 12_000;
  private static final long PAUSE_MS = 8_000;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Cluster cluster;

  private CutBenchmark(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Takes the number of cuts, 10 by default. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length == 0 ? 10 : Integer.parseInt(arguments[0]);
    Path dir = Files.createTempDirectory("cuts");
    List<Double> acknowledged = new ArrayList<>();
    List<Double> whole = new ArrayList<>();
    List<Double> back = new ArrayList<>();
    try (Cluster cluster = new Cluster(dir, 3)) {
      CutBenchmark benchmark = new CutBenchmark(cluster);
      if (!cluster.network.canCut()) {
        throw new IllegalStateException("this machine does not allow network namespaces");
      }
      for (int i = 0; i < rounds; i++) {
        benchmark.round(i, acknowledged, whole, back);
      }
    }
    System.out.println("cut, s until acknowledged elsewhere: " + text(acknowledged));
    System.out.println("heal, s until all nodes are whole: " + text(whole));
    System.out.println("heal, s until acknowledged at the node that was cut off: " + text(back));
    System.exit(0); // the streams' readers are still waiting
  }

  private static String text(List<Double> seconds) {
    Collections.sort(seconds);
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f..%.2f) of %d",
        seconds.get(seconds.size() / 2),
        seconds.get(0),
        seconds.get(seconds.size() - 1),
        seconds.size());
  }

  private void round(int number, List<Double> acknowledged, List<Double> whole, List<Double> back)
      throws Exception {
    Node cut = cluster.nodes.get(number % 3);
    Node other = cluster.nodes.get((number + 1) % 3);
    String channel = channelOf(cut, number);
    for (Node node : cluster.nodes) {
      for (int i = 0; i < STREAMS; i++) {
        watch(node, channel);
      }
    }
    awaitAcknowledged(other, channel);
    long begin = System.nanoTime();
    cluster.network.cut(cut.number);
    awaitAcknowledged(other, channel);
    acknowledged.add(since(begin));
    TimeUnit.MILLISECONDS.sleep(CUT_MS - (long) (1_000 * since(begin)));
    long healed = System.nanoTime();
    cluster.network.heal(cut.number);
    awaitAcknowledged(cut, channel);
    back.add(since(healed));
    while (!cluster.nodes.stream().allMatch(this::isWhole)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    whole.add(since(healed));
    System.out.printf(
        Locale.ROOT,
        "cut %.2f, back %.2f, whole %.2f%n",
        acknowledged.get(number),
        back.get(number),
        whole.get(number));
    TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
  }

  /** Creates a channel that a node owns. */
  private String channelOf(Node node, int round) throws Exception {
    for (int i = 0; ; i++) {
      JsonObject health = node.health(); // asked again, because groups move to nodes they prefer
      JsonArray groups = health.getJsonArray("groups");
      String channel = "cut-" + round + "-" + i;
      JsonObject group = groups.getJsonObject(GroupNumber.of(channel, groups.size()));
      if (health.getString("node").equals(group.getString("owner"))) {
        HttpRequest create =
            request(node, "/create?channel_id=" + channel)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        if (http.send(create, HttpResponse.BodyHandlers.discarding()).statusCode() < 300) {
          return channel;
        }
      }
      if (i == 1_000) {
        throw new IllegalStateException("the node owns no group: " + health);
      }
    }
  }

  private static HttpRequest.Builder request(Node node, String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path))
        .header("Content-Type", "application/json")
        .timeout(PATIENCE);
  }

  private void watch(Node node, String channel) {
    http.sendAsync(
        request(node, "/watch/" + channel).GET().build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private void awaitAcknowledged(Node node, String channel) throws Exception {
    HttpRequest publish =
        request(node, "/broadcast?channel_id=" + channel)
            .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"m\",\"payload\":\"x\"}"))
            .build();
    while (true) {
      try {
        if (http.send(publish, HttpResponse.BodyHandlers.discarding()).statusCode() < 300) {
          return;
        }
      } catch (java.io.IOException e) {
        // It is cut off, or nobody owns the channel; that is what is measured.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean isWhole(Node node) {
    try {
      JsonObject health = node.health();
      return "UP".equals(health.getString("status")) && health.getInteger("nodes") == 3;
    } catch (Exception e) {
      return false;
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
