package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.options.HttpOptions;
import io.vertx.core.DeploymentOptions;
import java.net.BindException;
import java.net.http.HttpResponse;
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
