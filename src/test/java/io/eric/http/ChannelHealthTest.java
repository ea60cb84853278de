package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.SSEChannel;
import io.eric.internal.protocol.Addresses;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.Health;
import io.eric.options.HttpOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A hub that has channels which do not answer says so, and which. */
class ChannelHealthTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Each context has a loop of its own, so that who is blocked blocks nobody else. */
  private static final int LOOPS = 16;

  private final HttpHub hub = new HttpHub(new HttpOptions(), MemoryStore.create(), LOOPS);

  private void assertUp(HttpResponse<String> answer) {
    assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private void assertThatBothAre(String trouble) {
    HttpResponse<String> health = hub.request("GET", "/healthz");
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(health.body()))
        .isEqualTo(new JsonObject().put("status", "DOWN").put("trouble", trouble));
    HttpResponse<String> readiness = hub.request("GET", "/readyz");
    assertThat(readiness.statusCode()).isEqualTo(503);
    assertThat(readiness.headers().firstValue("retry-after")).hasValue("1");
    assertThat(new JsonObject(readiness.body()).getString("message"))
        .isEqualTo("Unavailable('" + trouble + "')");
  }

  private void assertThatBothAreUp() {
    assertUp(hub.request("GET", "/healthz"));
    assertUp(hub.request("GET", "/readyz"));
  }

  @Test
  void aChannelThatIsBlockedAndOneThatIsGoneAreTroubleUntilTheyAreNot() throws Exception {
    try (hub;
        Blocking blocked = new Blocking("blocked")) {
      Blocking gone = new Blocking("gone");
      hub.channel("well");
      HttpHub.await(hub.channels.register(blocked));
      HttpHub.await(hub.channels.register(gone));
      assertThatBothAreUp();

      blocked.block();
      await().atMost(PATIENCE).until(() -> blocked.isBlocked);
      HttpHub.await(hub.vertx.undeploy(gone.deployment()));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThatBothAre("channels do not answer: blocked, gone"));

      blocked.close();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThatBothAre("channels do not answer: gone"));
      hub.broadcast("blocked", "t", 1);
    }
  }

  @Test
  void whatAnyPartSaysIsToldUntilItIsForgotten() {
    try (hub) {
      Runnable first = Health.of(hub.vertx).add(() -> List.of("the first is ill"));
      Runnable second = Health.of(hub.vertx).add(() -> List.of("so is the second", "badly"));
      assertThatBothAre("the first is ill; so is the second; badly");
      first.run();
      assertThatBothAre("so is the second; badly");
      second.run();
      second.run();
      assertThatBothAreUp();
    }
  }

  /** What its channels suffer from may follow from that. */
  @Test
  void whatANodeOfAClusterSuffersFromIsSaidFirstAndIsNoReasonToRestartIt() {
    try (hub) {
      hub.vertx
          .eventBus()
          .localConsumer(
              Addresses.HEALTH,
              asked ->
                  asked.reply(
                      new JsonObject().put("status", "DEGRADED").put("trouble", "it is alone")));
      Health.of(hub.vertx).add(() -> List.of("a channel is ill"));
      HttpResponse<String> health = hub.request("GET", "/healthz");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(health.body()))
          .isEqualTo(
              new JsonObject()
                  .put("status", "DEGRADED")
                  .put("trouble", "it is alone; a channel is ill"));
    }
  }

  private static final class Blocking extends SSEChannel implements AutoCloseable {
    private final CountDownLatch latch = new CountDownLatch(1);
    private volatile boolean isBlocked;

    private Blocking(String id) {
      super(new SSEChannelOptions().setId(id));
    }

    private String deployment() {
      return context.deploymentID();
    }

    /** As a user's code does that waits for something. */
    private void block() {
      context.runOnContext(
          v -> {
            isBlocked = true;
            try {
              latch.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    @Override
    public void close() {
      latch.countDown();
    }
  }
}
