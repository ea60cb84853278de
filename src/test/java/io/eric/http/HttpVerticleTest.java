package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.GaugeName;
import io.eric.options.HttpOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.net.BindException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP door as a verticle that anybody deploys. */
class HttpVerticleTest {

  private HttpHub hub;

  @BeforeEach
  void start() {
    hub = new HttpHub();
    hub.channel("news");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void aPortInUseFailsTheDeployment() {
    HttpVerticle second =
        new HttpVerticle(new HttpOptions().setPort(hub.port()).setHost("0.0.0.0"));
    assertThatThrownBy(() -> HttpHub.await(hub.vertx.deployVerticle(second)))
        .hasCauseInstanceOf(BindException.class);
    assertThat(hub.request("GET", "/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void instancesOnOnePortShareItsConnectionsAndEachStreamsToItsOwn() {
    int port = hub.port();
    HttpHub.await(hub.vertx.undeploy(hub.doorId));
    List<HttpVerticle> others = new CopyOnWriteArrayList<>();
    HttpHub.await(
        hub.vertx.deployVerticle(
            () -> {
              HttpVerticle other = new HttpVerticle(new HttpOptions().setPort(port));
              others.add(other);
              return other;
            },
            new DeploymentOptions().setInstances(2)));
    assertThat(others).extracting(HttpVerticle::actualPort).containsExactly(port, port);
    List<RawClient> clients = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 9; i++) {
      RawClient client = hub.connect().stream("/watch/news");
      client.chunk();
      clients.add(client);
    }
    String id = hub.broadcast("news", "t", "to all");
    for (RawClient client : clients) {
      assertThat(client.chunksUntil("\n\n"))
          .isEqualTo("event: t\nid: " + id + "\ndata: to all\n\n");
      client.close();
    }
  }

  @Test
  void aDoorGoesOnWhenAnotherOfItsPortAndEventLoopIsUndeployed() {
    try (HttpHub one = new HttpHub(new HttpOptions(), MemoryStore.create(), 1)) {
      one.channel("news");
      int port = one.port();
      HttpHub.await(one.vertx.undeploy(one.doorId));
      String first = HttpHub.await(one.vertx.deployVerticle(door(port)));
      String second = HttpHub.await(one.vertx.deployVerticle(door(port)));
      List<RawClient> earlier = new ArrayList<>();
      List<RawClient> silent = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        RawClient client = new RawClient(port).get("/channels");
        assertThat(client.body(client.head())).isEqualTo("[\"news\"]");
        earlier.add(client);
        silent.add(new RawClient(port));
      }
      await().until(() -> one.sampled(GaugeName.HTTP_CONNECTIONS) == 8);

      HttpHub.await(one.vertx.undeploy(first));

      for (int i = 0; i < 4; i++) {
        try (RawClient later = new RawClient(port)) {
          assertThat(later.get("/channels").head().status()).isEqualTo("HTTP/1.1 200 OK");
        }
      }
      // Half of them were closed with the first door; the deadlines of the second one close the
      // rest.
      assertThat(earlier).allMatch(RawClient::isClosedByServer);
      assertThat(silent).allMatch(RawClient::isClosedByServer);
      await().until(() -> one.sampled(GaugeName.HTTP_CONNECTIONS) == 0);
      HttpHub.await(one.vertx.undeploy(second));
      await().until(() -> RawClient.isRefusedAt(port));
    }
  }

  private static HttpVerticle door(int port) {
    return new HttpVerticle(
        new HttpOptions().setPort(port).setRequestTimeout(2_000).setIdleTimeout(2_000));
  }

  @Test
  void itRunsOnAnEventLoopOnly() {
    HttpVerticle misplaced = new HttpVerticle(new HttpOptions().setPort(0));
    assertThatThrownBy(
            () ->
                HttpHub.await(
                    hub.vertx.deployVerticle(
                        misplaced,
                        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("deploy the HTTP door on an event loop");
    assertThat(misplaced.actualPort()).isZero();
  }

  @Test
  void anUndeployedDoorClosesItsPortAndItsStreamsAndNoChannel() {
    int port = hub.port();
    try (RawClient stream = hub.connect().stream("/watch/news")) {
      stream.chunk();
      HttpHub.await(hub.vertx.undeploy(hub.doorId));
      assertThat(stream.toEnd()).doesNotContain("_eric_channel_closed");
    }
    await().until(() -> RawClient.isRefusedAt(port));
    HttpVerticle next = new HttpVerticle(new HttpOptions().setPort(port));
    HttpHub.await(hub.vertx.deployVerticle(next));
    HttpResponse<String> channels = hub.request("GET", "/channels");
    assertThat(channels.body()).isEqualTo("[\"news\"]");
  }
}
