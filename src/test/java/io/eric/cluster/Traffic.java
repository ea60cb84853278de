package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Publishers and readers on all nodes, who notice what is lost, reordered or repeated. A publisher
 * sends one message after the other to a channel, each to another node, and repeats one whose
 * outcome it does not know with the same key.
 */
final class Traffic implements AutoCloseable {

  private final List<Node> nodes;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Thread> publishers = new ArrayList<>();
  private final Map<String, Map<Integer, String>> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, Long> longestMs = new ConcurrentHashMap<>();
  private final List<Reader> readers = new ArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final long pauseMs;

  /** Nodes that did not answer lately: a load balancer would leave them out too. */
  private final Map<Node, Long> avoided = new ConcurrentHashMap<>();

  private volatile boolean publishing = true;
  private volatile boolean reading = true;

  /**
   * Starts traffic.
   *
   * @param prefix of the channels' ids, which are created
   * @param pauseMs between two messages of a channel
   */
  Traffic(List<Node> nodes, String prefix, int channels, int readersPerChannel, long pauseMs)
      throws Exception {
    this.nodes = nodes;
    this.pauseMs = pauseMs;
    for (int i = 0; i < channels; i++) {
      String channel = prefix + i;
      assertThat(send(nodes.get(i % nodes.size()), "PUT", "/create?channel_id=" + channel, null))
          .isEqualTo(200);
      for (int r = 0; r < readersPerChannel; r++) {
        // Right after the create elsewhere: every node must know the channel by now.
        Node node = nodes.get((i + r + 1) % nodes.size());
        String subscribe = "/subscribe?channel_id=" + channel + "&listener_id=r" + r;
        assertThat(send(node, "POST", subscribe, null)).isEqualTo(200);
        readers.add(new Reader(channel, "r" + r, (i + r) % nodes.size()));
      }
    }
    Semaphore connected = new Semaphore(0);
    for (Reader reader : readers) {
      run(() -> reader.run(connected));
    }
    connected.acquire(readers.size());
    for (int i = 0; i < channels; i++) {
      String channel = prefix + i;
      acknowledged.put(channel, new ConcurrentSkipListMap<>());
      int first = i;
      publishers.add(run(() -> publish(channel, first)));
    }
  }

  private Thread run(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  private int send(Node node, String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private void publish(String channel, int firstNode) {
    int turn = firstNode;
    for (int n = 1; publishing && !Thread.currentThread().isInterrupted(); n++) {
      long since = System.nanoTime();
      while (!Thread.currentThread().isInterrupted()) {
        Node node = nodes.get(turn++ % nodes.size());
        if (isAvoided(node)) {
          continue;
        }
        String id = attempt(node, channel, n);
        if (id != null) {
          acknowledged.get(channel).put(n, id);
          break;
        }
        refusals.incrementAndGet();
        avoided.put(node, System.nanoTime());
        pause(20);
      }
      long took = (System.nanoTime() - since) / 1_000_000;
      longestMs.merge(channel, took, Math::max);
      pause(pauseMs);
    }
  }

  private boolean isAvoided(Node node) {
    Long since = avoided.get(node);
    if (since == null || System.nanoTime() - since > 3_000_000_000L) {
      avoided.remove(node);
      return false;
    }
    if (avoided.size() == nodes.size()) {
      avoided.clear();
    }
    return true;
  }

  /** The position, or null if nothing is known of it. */
  private String attempt(Node node, String channel, int n) {
    String url = node.url();
    if (url == null) {
      return null;
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/broadcast?channel_id=" + channel))
            .timeout(Duration.ofSeconds(3))
            .header("content-type", "application/json")
            .header("idempotency-key", channel + '-' + n)
            .POST(BodyPublishers.ofString("{\"type\":\"m\",\"payload\":" + n + "}"))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? answer.headers().firstValue("eric-message-id").orElseThrow()
          : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms); // the pace of the load, nothing waits for it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many messages are acknowledged. */
  int acknowledged() {
    return acknowledged.values().stream().mapToInt(Map::size).sum();
  }

  /** Waits until every channel has taken so many more messages. */
  void awaitProgress(int more) {
    Map<String, Integer> goals = new ConcurrentHashMap<>();
    acknowledged.forEach((channel, all) -> goals.put(channel, all.size() + more));
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                goals.entrySet().stream()
                    .allMatch(goal -> acknowledged.get(goal.getKey()).size() >= goal.getValue()));
  }

  /** Stops the publishers, waits until the readers have everything, and says what happened. */
  Outcome finish() throws Exception {
    publishing = false;
    for (Thread publisher : publishers) {
      publisher.join(); // a last message may be acknowledged late, and has to be read, too
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              for (Reader reader : readers) {
                assertThat(reader.missing(acknowledged.get(reader.channel)))
                    .as(() -> "acknowledged and not read by " + reader.story())
                    .isEmpty();
              }
            });
    reading = false;
    for (Reader reader : readers) {
      reader.check(acknowledged.get(reader.channel));
    }
    return new Outcome(
        acknowledged(),
        refusals.get(),
        longestMs.values().stream().sorted().toList(),
        readers.stream().mapToInt(reader -> reader.connects.get() - 1).sum(),
        readers.stream().mapToInt(reader -> reader.repeats).sum());
  }

  /**
   * The longest time from a message's first attempt to its ack, per channel, sorted, since this was
   * asked last.
   */
  List<Long> takeUnavailableMs() {
    List<Long> taken = longestMs.values().stream().sorted().toList();
    longestMs.clear();
    return taken;
  }

  /** Which streams were connected anew, by the node where they were. */
  int reconnectsFrom(Node node) {
    return readers.stream().mapToInt(reader -> reader.lostAt.getOrDefault(node.number, 0)).sum();
  }

  /** Returns how the streams that were lost at a node began and ended. */
  List<String> storiesFrom(Node node) {
    return readers.stream()
        .filter(reader -> reader.lostAt.getOrDefault(node.number, 0) > 0)
        .map(reader -> reader.listener + " of " + reader.channel + ": " + reader.streams)
        .toList();
  }

  @Override
  public void close() {
    publishing = false;
    reading = false;
    threads.forEach(Thread::interrupt);
  }

  /**
   * What happened.
   *
   * @param unavailableMs the longest time from a message's first attempt to its ack, per channel
   */
  record Outcome(
      int messages, int refusals, List<Long> unavailableMs, int reconnects, int repeats) {
    long medianUnavailableMs() {
      return unavailableMs.get(unavailableMs.size() / 2);
    }
  }

  /** An EventSource: when its stream ends, it goes on at another node after what it has seen. */
  private final class Reader {
    private final String channel;
    private final String listener;
    private int turn;
    private String lastId;
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final List<String> streams = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private final Map<Integer, Integer> lostAt = new ConcurrentHashMap<>();
    private int repeats;

    private Reader(String channel, String listener, int firstNode) {
      this.channel = channel;
      this.listener = listener;
      this.turn = firstNode;
    }

    /** What it was given where it misses something, for who has to find out why. */
    private synchronized String story() {
      StringBuilder story = new StringBuilder(listener + " of " + channel);
      List<Integer> missing = missing(acknowledged.get(channel));
      for (int i = 1; i < numbers.size(); i++) {
        if (numbers.get(i) > numbers.get(i - 1) + 1) {
          story.append(", after ").append(numbers.get(i - 1)).append(" (").append(ids.get(i - 1));
          story
              .append(") came ")
              .append(numbers.get(i))
              .append(" (")
              .append(ids.get(i))
              .append(')');
        }
      }
      story.append(", missing as ");
      missing.stream()
          .limit(10)
          .forEach(n -> story.append(n + " (" + acknowledged.get(channel).get(n) + ") "));
      return story + ", else it got " + others + ", its streams: " + streams;
    }

    private void run(Semaphore connected) {
      boolean told = false;
      while (reading) {
        Node node = nodes.get(turn++ % nodes.size());
        String url = node.url();
        if (url == null) {
          continue;
        }
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url + "/stream/" + channel + '/' + listener))
                .timeout(Duration.ofSeconds(5));
        if (lastId != null) {
          request.header("last-event-id", lastId);
        }
        boolean opened = false;
        try (Lines lines = Lines.open(request.build())) {
          opened = true;
          connects.incrementAndGet();
          streams.add(LocalTime.now() + " node " + node.number + " after " + lastId);
          if (!told) {
            told = true;
            connected.release();
          }
          read(lines);
          streams.add(LocalTime.now() + " ended by node " + node.number);
        } catch (IOException e) {
          if (opened) {
            streams.add(LocalTime.now() + " node " + node.number + ": " + e);
          }
          pause(50);
        } catch (RuntimeException e) {
          others.add("not an event: " + e); // seen when the traffic ends
        }
        if (opened && reading) {
          lostAt.merge(node.number, 1, Integer::sum);
        }
      }
    }

    private void read(Lines lines) throws IOException {
      String event = null;
      String id = null;
      String data = null;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && event != null) {
          got(event, id, data);
          event = null;
          id = null;
          data = null;
        }
      }
    }

    private synchronized void got(String event, String id, String data) {
      if (id != null) {
        lastId = id;
      }
      if (event.equals("m")) {
        ids.add(id);
        numbers.add(Integer.valueOf(data));
      } else if (!event.equals("_eric_goodbye") && !event.equals("probe")) {
        others.add(event + ' ' + data);
      }
    }

    private synchronized List<Integer> missing(Map<Integer, String> acked) {
      List<Integer> missing = new ArrayList<>(acked.keySet());
      missing.removeAll(new java.util.HashSet<>(numbers));
      return missing;
    }

    private synchronized void check(Map<Integer, String> acked) {
      String who = listener + " of " + channel;
      assertThat(others).as("what else %s got", who).isEmpty();
      Map<Integer, String> idOf = new ConcurrentHashMap<>();
      int highest = 0;
      for (int i = 0; i < ids.size(); i++) {
        String before = idOf.putIfAbsent(numbers.get(i), ids.get(i));
        if (before != null) {
          assertThat(ids.get(i)).as("%s: a repeat has the same id", who).isEqualTo(before);
          repeats++;
        } else {
          assertThat(numbers.get(i)).as("%s: order", who).isGreaterThan(highest);
          highest = numbers.get(i);
        }
      }
      acked.forEach(
          (n, id) ->
              assertThat(idOf.get(n))
                  .as("%s: the position of %d as acknowledged", who, n)
                  .isEqualTo(id));
    }
  }
}
