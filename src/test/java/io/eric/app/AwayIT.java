package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.app.EventReader.Event;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A listener that was away, in whatever way, gets what it missed once and in order, as far as the
 * channel's limits go; beyond them it is told once how much is gone. Real clients, real signals.
 */
@Timeout(180)
@RequiresCommand("curl")
class AwayIT {

  private static final String CHANNEL = "news";
  private static final String LISTENER = "me";

  /** So that a few thousand messages are more than the kernel takes for a client. */
  private static final int PADDING = 500;

  @TempDir private Path dir;
  private HubProcess hub;
  private Processes processes;

  @BeforeEach
  void start() {
    processes = new Processes();
  }

  @AfterEach
  void stop() throws Exception {
    processes.close();
    hub.close();
  }

  @Test
  void oneThatWasNotStartedYet() throws Exception {
    startHub(new JsonObject(), null);
    publish(0, 500);

    EventReader reader = EventReader.curl(processes, url(), null);

    reader.awaitNumber(499);
    assertThat(reader.numbers()).isEqualTo(EventReader.numbers(0, 500));
    assertThat(reader.of("_eric_gap")).isEmpty();
  }

  @Test
  void oneThatWasStopped() throws Exception {
    startHub(new JsonObject(), null);
    EventReader before = EventReader.curl(processes, url(), null);
    publish(0, 100);
    before.awaitNumber(99);
    assertThat(hub.call(command("s"))).isEqualTo("ack");
    assertThat(before.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    publish(100, 300);

    EventReader after = EventReader.curl(processes, url(), null);

    after.awaitNumber(299);
    assertThat(before.numbers()).isEqualTo(EventReader.numbers(0, 100));
    assertThat(after.numbers()).isEqualTo(EventReader.numbers(100, 300));
  }

  @Test
  void oneThatIsKilledInMidStreamAgainAndAgainAndResumesByItsId() throws Exception {
    startHub(new JsonObject(), null);
    int messages = 8_000;
    CompletableFuture<Void> publisher =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < messages; i += 100) {
                  publish(i, i + 100);
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    List<Integer> numbers = new ArrayList<>();
    String lastId = null;
    while (numbers.isEmpty() || numbers.get(numbers.size() - 1) < messages - 1) {
      EventReader reader = EventReader.curl(processes, url(), lastId);
      int enough = numbers.size() + 1_500;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  numbers.size() + reader.of("n").size() >= Math.min(enough, messages)
                      || !reader.process().isAlive());
      reader.kill();
      List<Event> seen = settled(reader);
      assertThat(seen).isNotEmpty().allMatch(event -> event.type().equals("n"));
      numbers.addAll(reader.numbers());
      lastId = seen.get(seen.size() - 1).id();
    }
    publisher.get(30, TimeUnit.SECONDS);
    assertThat(numbers).isEqualTo(EventReader.numbers(0, messages));
  }

  @Test
  void oneThatWasStoppedByASignalForAWhile() throws Exception {
    startHub(new JsonObject(), null);
    EventReader reader = EventReader.curl(processes, url(), null);
    publish(0, 10);
    reader.awaitNumber(9);
    reader.signal("STOP");
    publish(10, 20_000);
    reader.signal("CONT");

    reader.awaitNumber(19_999);
    assertThat(reader.numbers()).isEqualTo(EventReader.numbers(0, 20_000));
    assertThat(reader.events()).hasSize(20_000);
  }

  @Test
  void oneThatWasStoppedBySignalForLongerThanTheLimitsReach() throws Exception {
    startHub(
        new JsonObject(),
        new JsonObject()
            .put("limit", new JsonObject().put("messages", 1_000))
            .put("history", new JsonObject().put("messages", 100)));
    EventReader reader = EventReader.curl(processes, url(), null);
    publish(0, 10);
    reader.awaitNumber(9);
    reader.signal("STOP");
    publish(10, 20_000);
    reader.signal("CONT");

    reader.awaitNumber(19_999);
    assertOneGap(reader.events(), 20_000);
    assertThat(reader.numbers()).hasSizeGreaterThanOrEqualTo(1_000);
  }

  @Test
  void oneThatWasCutOffAtTheWriteDeadlineAndResumesByItsId() throws Exception {
    startHub(new JsonObject().put("edge", new JsonObject().put("writeDeadline", 1_000)), null);
    EventReader before = EventReader.curl(processes, url(), null);
    publish(0, 10);
    before.awaitNumber(9);
    before.signal("STOP");
    publish(10, 10_000);
    awaitDetached();
    publish(10_000, 12_000);
    before.signal("CONT");
    assertThat(before.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    List<Event> seen = settled(before);

    EventReader after = EventReader.curl(processes, url(), seen.get(seen.size() - 1).id());

    after.awaitNumber(11_999);
    List<Integer> numbers = new ArrayList<>(before.numbers());
    numbers.addAll(after.numbers());
    assertThat(numbers).isEqualTo(EventReader.numbers(0, 12_000));
  }

  @Test
  @RequiresCommand("node")
  void anEventSourceThatWasStoppedBySignalUntilItWasCutOff() throws Exception {
    startHub(
        new JsonObject()
            .put("edge", new JsonObject().put("writeDeadline", 1_000))
            .put("retryFloor", 100),
        null);
    EventReader reader = EventReader.node(processes, url());
    reader.awaitEvents("open", 1);
    publish(0, 10);
    reader.awaitNumber(9);
    reader.signal("STOP");
    publish(10, 10_000);
    awaitDetached();
    publish(10_000, 12_000);
    reader.signal("CONT");

    reader.awaitNumber(11_999);
    assertThat(reader.of("open")).hasSizeGreaterThan(1);
    assertThat(reader.numbers()).isEqualTo(EventReader.numbers(0, 12_000));
    assertThat(reader.of("_eric_gap")).isEmpty();
  }

  // ----

  private void startHub(JsonObject http, JsonObject options) throws Exception {
    hub = HubProcess.start(dir, new JsonObject().put("http", http));
    hub.channel(
        CHANNEL,
        options == null
            ? new JsonObject()
                .put("history", new JsonObject().put("messages", 50_000).put("bytes", 64 << 20))
            : options);
    hub.listener(CHANNEL, LISTENER);
  }

  private String url() {
    return hub.url("/stream/" + CHANNEL + '/' + LISTENER);
  }

  private static JsonObject command(String verb) {
    return new JsonObject().put("v", verb).put("c", CHANNEL).put("r", LISTENER);
  }

  private void publish(int from, int to) throws Exception {
    String padding = " ".repeat(PADDING);
    IntFunction<String> payload = i -> from + i + padding;
    LinePublisher.publish(hub.socket(), CHANNEL, to - from, payload);
  }

  private void awaitDetached() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> hub.states(CHANNEL).get(LISTENER).equals("detached"));
  }

  /** What a client that has ended had read: its last lines may still be on their way to us. */
  private static List<Event> settled(EventReader reader) {
    int[] last = {-1};
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              int now = reader.events().size();
              boolean same = now == last[0];
              last[0] = now;
              return same;
            });
    return reader.events();
  }

  /** All messages, in order, but for one run of them; in its place the gap that counts them. */
  private static void assertOneGap(List<Event> events, int messages) {
    int next = 0;
    int gaps = 0;
    for (Event event : events) {
      if (event.type().equals("_eric_gap")) {
        gaps++;
        JsonObject gap = new JsonObject(event.data());
        assertThat(gap.getString("reason")).isEqualTo("overflow");
        assertThat(gap.getString("to")).isEqualTo(event.id());
        next += gap.getInteger("missed");
      } else {
        assertThat(event.type()).isEqualTo("n");
        assertThat(Integer.parseInt(event.data().strip())).isEqualTo(next);
        next++;
      }
    }
    assertThat(gaps).isEqualTo(1);
    assertThat(next).isEqualTo(messages);
  }
}
