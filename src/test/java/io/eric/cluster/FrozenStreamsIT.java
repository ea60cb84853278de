package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.RequiresCommand;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes freeze, one after the other, while all cores are busy; nothing is published meanwhile. When
 * the cluster is whole again, one message goes to each channel, and every stream has to get it
 * within three intervals. The streams' clients wait for ever: only the hub can mend a stream.
 */
@Tag("soak")
@RequiresCommand("curl")
class FrozenStreamsIT {

  private static final Logger LOG = LoggerFactory.getLogger(FrozenStreamsIT.class);
  private static final int FREEZES = Integer.getInteger("eric.frozen.freezes", 10);
  private static final int CHANNELS = 20;
  private static final int STREAMS_PER_NODE = 2;
  private static final int BUSY = 2;
  private static final long INTERVAL_MS = 2_000;
  private static final long SEED = Long.getLong("eric.chaos.seed", System.nanoTime());

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Stream> streams = new ArrayList<>();
  private volatile boolean reading = true;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void noStreamIsSilentWhenTheClusterIsWholeAgain(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    LOG.info("seed {}", SEED);
    Random random = new Random(SEED);
    Map<String, String> settings =
        Map.of("ERIC_HTTP_EDGE_CONFIRM_INTERVAL", Long.toString(INTERVAL_MS));
    List<Process> busy = new ArrayList<>();
    try (Cluster cluster = new Cluster(dir, 3, settings)) {
      open(cluster);
      for (int i = 0; i < BUSY; i++) {
        busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      int lost = 0;
      for (int freeze = 1; freeze <= FREEZES; freeze++) {
        Node victim = cluster.nodes.get(random.nextInt(3));
        long frozenMs = 8_000 + random.nextInt(3_000);
        victim.freeze();
        TimeUnit.MILLISECONDS.sleep(frozenMs); // the schedule of what goes wrong
        victim.thaw();
        cluster.awaitWhole(Duration.ofMinutes(4));
        lost += probe(cluster, freeze, victim, frozenMs);
      }
      LOG.info("{} messages were lost to all streams of their channels", lost);
    } finally {
      reading = false;
      busy.forEach(Process::destroyForcibly);
    }
  }

  private void open(Cluster cluster) throws Exception {
    for (int c = 0; c < CHANNELS; c++) {
      String channel = "quiet" + c;
      send(cluster.nodes.get(0), "PUT", "/create?channel_id=" + channel, null, null);
      for (Node node : cluster.nodes) {
        for (int i = 0; i < STREAMS_PER_NODE; i++) {
          Stream stream = new Stream(channel, "l" + node.number + '-' + i, node);
          String subscribe = "?channel_id=" + channel + "&listener_id=" + stream.listener;
          assertThat(send(node, "POST", "/subscribe" + subscribe, null, null)).isEqualTo(200);
          streams.add(stream);
          stream.start();
        }
      }
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> streams.stream().allMatch(s -> s.open));
    for (int c = 0; c < CHANNELS; c++) {
      publish(cluster, "quiet" + c, 0);
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> streams.stream().allMatch(stream -> stream.lastId != null));
  }

  /** Whether a channel has a message that none of its streams got. */
  private boolean hasKept(Cluster cluster, String channel, String lastId, int number) {
    for (Node node : cluster.nodes) {
      Stream reader = new Stream(channel, null, node);
      reader.lastId = lastId;
      reader.start();
      try {
        await().atMost(Duration.ofSeconds(10)).until(() -> reader.last >= number);
        return true;
      } catch (ConditionTimeoutException e) {
        LOG.info("node {} has no message {} of {}", node.number, number, channel);
      }
    }
    return false;
  }

  /** One message to each channel; gives how many nobody got. */
  private int probe(Cluster cluster, int number, Node victim, long frozenMs) throws Exception {
    for (int c = 0; c < CHANNELS; c++) {
      publish(cluster, "quiet" + c, number);
    }
    long since = System.nanoTime();
    try {
      await()
          .atMost(Duration.ofMillis(3 * INTERVAL_MS))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> streams.stream().allMatch(stream -> stream.last >= number));
    } catch (ConditionTimeoutException e) {
      LOG.info("after freeze {}, not all streams have their message", number);
    }
    LOG.info(
        "freeze {} of node {} for {} ms: all streams had their message after {} ms",
        number,
        victim.number,
        frozenMs,
        (System.nanoTime() - since) / 1_000_000);
    int lost = 0;
    for (int c = 0; c < CHANNELS; c++) {
      String channel = "quiet" + c;
      List<Stream> its = streams.stream().filter(s -> s.channel.equals(channel)).toList();
      List<String> silent =
          its.stream().filter(s -> s.last < number).map(Stream::toString).toList();
      if (silent.size() == its.size()) {
        String lastId = its.get(0).lastId;
        assertThat(hasKept(cluster, channel, lastId, number))
            .as("whether %s has message %s, which none of its streams got", channel, number)
            .isFalse();
        lost++; // replication has lost it, which is counted apart
      } else {
        assertThat(silent).as("silent streams after freeze %s", number).isEmpty();
      }
    }
    return lost;
  }

  private void publish(Cluster cluster, String channel, int number) throws Exception {
    String key = channel + '-' + number;
    String body = "{\"type\":\"m\",\"payload\":" + number + "}";
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    for (int turn = number; ; turn++) {
      Node node = cluster.nodes.get(turn % cluster.nodes.size());
      try {
        if (send(node, "POST", "/broadcast?channel_id=" + channel, body, key) == 200) {
          return;
        }
      } catch (IOException e) {
        LOG.info("a publish to {} is repeated: {}", channel, e.toString());
      }
      assertThat(System.nanoTime() - deadline).as("time to publish").isNegative();
    }
  }

  private int send(Node node, String method, String path, String body, String key)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .timeout(Duration.ofSeconds(10))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (key != null) {
      request.header("content-type", "application/json").header("idempotency-key", key);
    }
    return http.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  /** A client that comes back when its stream ends, and never gives up an open one. */
  private final class Stream {
    private final String channel;
    private final String listener;
    private final Node node;
    private volatile boolean open;
    private volatile int last;
    private volatile String lastId;

    private Stream(String channel, String listener, Node node) {
      this.channel = channel;
      this.listener = listener;
      this.node = node;
    }

    private void start() {
      Thread thread = new Thread(this::run);
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      String path = listener == null ? "/watch/" + channel : "/stream/" + channel + '/' + listener;
      while (reading) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path));
        if (lastId != null) {
          request.header("last-event-id", lastId);
        }
        try (Lines lines = Lines.open(request.build(), 0)) {
          open = true;
          for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.startsWith("id: ")) {
              lastId = line.substring(4);
            } else if (line.startsWith("data: ") && line.length() < 12 && !line.endsWith("null")) {
              last = Integer.parseInt(line.substring(6));
            }
          }
        } catch (IOException ended) {
          LOG.debug("{} ended", this, ended);
        }
        open = false;
        pause();
      }
    }

    private void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(200); // as long as a client waits before it comes back
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public String toString() {
      return listener + " of " + channel + (open ? "" : " (not open)");
    }
  }
}
