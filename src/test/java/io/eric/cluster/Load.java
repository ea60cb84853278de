package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.cluster.history.Checker;
import io.eric.cluster.history.History;
import io.eric.cluster.history.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishers and readers at the doors of all nodes, who write down what they see. Some channels are
 * quiet: a stream that nobody feeds any more shows only there.
 */
final class Load implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Load.class);

  /** How long a publisher may go on after its last message, and the readers after it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int QUIET = 3;
  private static final long QUIET_PAUSE_MS = 4_000;

  final History history = new History();
  private final List<Node> nodes;
  private final String prefix;
  private int probed;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private final List<Thread> publishing = new ArrayList<>();
  private final List<Thread> reading = new ArrayList<>();

  /**
   * Starts the load.
   *
   * @param prefix of the channels' ids, which are created
   * @param pauseMs between two messages of a publisher
   */
  Load(List<Node> nodes, String prefix, int channels, int listeners, int each, long pauseMs)
      throws Exception {
    this.nodes = List.copyOf(nodes);
    this.prefix = prefix;
    Doors doors = new Doors(nodes);
    List<String> busy = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      String channel = prefix + i;
      boolean isQuiet = i >= channels - QUIET;
      ask(nodes.get(i % nodes.size()), "PUT", "/create?channel_id=" + channel);
      for (int r = 0; r < listeners; r++) {
        // Right after the create elsewhere: every node must know the channel by now.
        Node node = nodes.get((i + r + 1) % nodes.size());
        ask(node, "POST", "/subscribe?channel_id=" + channel + "&listener_id=r" + r);
        history.listener(channel, "r" + r);
        readers.add(new Reader(nodes, channel, "r" + r, i + r, history));
      }
      for (int p = 0; p < (isQuiet ? 1 : each); p++) {
        publishers.add(
            new Publisher(
                doors,
                http,
                history,
                "p" + p,
                List.of(channel),
                isQuiet ? QUIET_PAUSE_MS : pauseMs,
                i + p));
      }
      if (!isQuiet) {
        busy.add(channel);
      }
    }
    publishers.add(new Publisher(doors, http, history, "batch", busy, 5 * pauseMs, 0));
    readers.forEach(reader -> reading.add(start(reader)));
    await().atMost(PATIENCE).until(() -> readers.stream().allMatch(Reader::isConnected));
    publishers.forEach(publisher -> publishing.add(start(publisher)));
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void ask(Node node, String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody())
            .build();
    // Groups may change hands when nodes have just started, and then a door answers 503 in order.
    Answer answer =
        await()
            .atMost(PATIENCE)
            .until(
                () -> Answer.of(http.send(request, BodyHandlers.ofString())),
                said -> said.status() != 503);
    // What an earlier attempt has done, whose outcome was unknown, is there already, or gone.
    assertThat(answer.status()).as("%s", answer).isIn(200, method.equals("DELETE") ? 404 : 409);
  }

  /** What a door has said, for who reads why a trial failed. */
  private record Answer(String request, int status, String body) {

    private static Answer of(HttpResponse<String> response) {
      return new Answer(response.request().toString(), response.statusCode(), response.body());
    }
  }

  /** Waits until every publisher of a busy channel has got so many more acknowledgements. */
  void awaitProgress(int more) {
    Map<Publisher, Integer> goals = new HashMap<>();
    for (Publisher publisher : publishers) {
      if (!publisher.isQuiet(QUIET_PAUSE_MS)) {
        goals.put(publisher, publisher.acknowledged() + more);
      }
    }
    await()
        .atMost(Duration.ofMinutes(5))
        .until(
            () ->
                goals.entrySet().stream()
                    .allMatch(goal -> goal.getKey().acknowledged() >= goal.getValue()));
  }

  /**
   * Checks that the doors of all nodes reach all groups of channels. Publishers and readers do not
   * show it if they do not, because they go to another door.
   *
   * @param groups how many groups the cluster has
   */
  void reachAllAtEveryDoor(int groups) throws Exception {
    for (int group = 0; group < groups; group++) {
      String channel = newIn(group, groups);
      ask(nodes.get(group % nodes.size()), "PUT", "/create?channel_id=" + channel);
      for (Node node : nodes) {
        ask(node, "POST", "/subscribe?channel_id=" + channel + "&listener_id=" + node.number);
      }
      ask(nodes.get((group + 1) % nodes.size()), "DELETE", "/channel/" + channel);
    }
  }

  private String newIn(int group, int groups) {
    String channel;
    do {
      channel = prefix + "-door" + probed++;
    } while (GroupNumber.of(channel, groups) != group);
    return channel;
  }

  /** Makes the publishers wait as {@code Retry-After} says, and expect an answer then. */
  void waitAsTold() {
    publishers.forEach(Publisher::waitAsTold);
  }

  /** Returns how many streams at a node have ended that their clients had not closed. */
  int lostAt(Node node) {
    return readers.stream().mapToInt(reader -> reader.lostAt(node)).sum();
  }

  /** Stops the publishers, waits until the readers have everything, and judges. */
  Verdict finish() throws Exception {
    publishers.forEach(Publisher::stop);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; i < publishers.size(); i++) {
      // A last message may be acknowledged late, and has to be read, too.
      publishing.get(i).join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      if (publishing.get(i).isAlive()) {
        history.stuck(publishers.get(i).toString(), System.currentTimeMillis());
      }
    }
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> history.missing().isEmpty());
    } catch (ConditionTimeoutException missing) {
      LOG.debug("the checker names what is missing", missing);
    }
    close();
    return Checker.check(history);
  }

  @Override
  public void close() {
    publishers.forEach(Publisher::stop);
    readers.forEach(Reader::stop);
    publishing.forEach(Thread::interrupt);
    reading.forEach(Thread::interrupt);
  }
}
