package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.eric.options.ClusterOptions;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may speak to a node's Hazelcast, and what it makes out of bytes. */
@Timeout(120)
class HazelcastSettingsTest {

  private static ClusterOptions options(String key, Object value) {
    return new ClusterOptions(
        new JsonObject()
            .put("name", "settings" + ProcessHandle.current().pid())
            .put("port", 15701)
            .put(key, value));
  }

  private static HazelcastInstance start() {
    return Hazelcast.newHazelcastInstance(HazelcastSettings.of(options("size", 1)));
  }

  private static int port(HazelcastInstance member) {
    return ((InetSocketAddress) member.getLocalEndpoint().getSocketAddress()).getPort();
  }

  // ---- clients

  @Test
  void hazelcastsOwnClientIsNotServed() {
    HazelcastInstance member = start();
    try {
      ClientConfig config = new ClientConfig();
      config.setClusterName(member.getConfig().getClusterName());
      config.getNetworkConfig().addAddress("127.0.0.1:" + port(member));
      config
          .getConnectionStrategyConfig()
          .getConnectionRetryConfig()
          .setClusterConnectTimeoutMillis(2_000);
      assertThatThrownBy(() -> HazelcastClient.newHazelcastClient(config))
          .isInstanceOf(IllegalStateException.class);
    } finally {
      member.shutdown();
    }
  }

  /** All at once, for a member lets such a connection stand for seconds. */
  @Test
  void whatIsNoMembersProtocolIsNotAnswered() throws Exception {
    HazelcastInstance member = start();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (String beginning :
          List.of("CP2", "GET /hazelcast/rest/cluster HTTP/1.1\r\n\r\n", "stats\r\n")) {
        Socket socket = new Socket("127.0.0.1", port(member));
        sockets.add(socket);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
      }
      for (Socket socket : sockets) {
        assertThat(answer(socket)).isEmpty();
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      member.shutdown();
    }
  }

  /** Up to the end; the member says by which protocol it would speak, no more. */
  private static String answer(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    try {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .replaceFirst("^HZC$|^HZX.*", "");
    } catch (SocketException reset) {
      return "";
    }
  }

  @Test
  void aFileWithAnOrdinaryNetworkIsClosedToClientsToo(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("hazelcast.yaml");
    Files.writeString(
        file,
        """
        hazelcast:
          network:
            port: {port: 15801, auto-increment: true, port-count: 7}
            interfaces: {enabled: true, interfaces: [127.0.0.1]}
            join:
              auto-detection: {enabled: false}
              multicast: {enabled: true, multicast-port: 12345}
        """);
    Config config = HazelcastSettings.of(options("config", file.toString()));
    assertThat(HazelcastSettings.hasMoreThanMembers(config.getAdvancedNetworkConfig())).isFalse();
    assertThat(config.getAdvancedNetworkConfig().getJoin().getMulticastConfig().getMulticastPort())
        .isEqualTo(12345);
    assertThat(HazelcastSettings.isOnLoopbackOnly(config)).as("bound to any address").isFalse();
    config.setProperty("hazelcast.socket.bind.any", "false");
    assertThat(HazelcastSettings.isOnLoopbackOnly(config)).isTrue();
  }

  @Test
  void aFileThatOpensAnEndpointForClientsIsRefused(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("hazelcast.yaml");
    Files.writeString(
        file,
        """
        hazelcast:
          advanced-network:
            enabled: true
            member-server-socket-endpoint-config: {port: {port: 15901}}
            client-server-socket-endpoint-config: {port: {port: 15902}}
        """);
    assertThatThrownBy(() -> HazelcastSettings.of(options("config", file.toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cluster.config")
        .hasMessageContaining(file.toString());
  }

  @Test
  void theFileThatWeShipIsForMembersOnLoopbackOnly() {
    Config config = HazelcastSettings.of(options("config", "conf/hazelcast.yaml"));
    assertThat(HazelcastSettings.hasMoreThanMembers(config.getAdvancedNetworkConfig())).isFalse();
    assertThat(HazelcastSettings.isOnLoopbackOnly(config)).isTrue();
    assertThat(
            config.getSerializationConfig().getJavaSerializationFilterConfig().isDefaultsDisabled())
        .isTrue();
  }

  // ---- other machines

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.0.0.2, true",
    "::1, true",
    "10.0.0.1, false",
    "0.0.0.0, false"
  })
  void onlyLoopbackIsOutOfTheReachOfOtherMachines(String host, boolean expected) {
    assertThat(HazelcastSettings.isOnLoopbackOnly(HazelcastSettings.of(options("host", host))))
        .isEqualTo(expected);
  }

  @Test
  void anotherAddressIsRefusedUnlessTheSettingsSayThatTheNetworkIsSafe() {
    assertThatThrownBy(() -> ClusteredVertx.start(new VertxOptions(), options("host", "10.0.0.1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cluster.host")
        .hasMessageContaining("10.0.0.1")
        .hasMessageContaining("cluster.insecure");
  }

  // ---- what bytes become

  /** Stands for any class in the class path whose deserialisation does harm. */
  static final class Harmful implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void onlyPlainValuesAndClassesOfNodesAreDeserialised() {
    HazelcastInstance member = start();
    try {
      IMap<String, Object> map = member.getMap("any");
      map.set("harmful", new java.util.concurrent.atomic.AtomicReference<>(new Harmful()));
      assertThatThrownBy(() -> map.get("harmful"))
          .isInstanceOf(HazelcastSerializationException.class)
          .hasStackTraceContaining("not allowed");
      UUID id = UUID.randomUUID();
      map.set("list", new ArrayList<>(List.of("a", 1, id)));
      assertThat(map.get("list")).isEqualTo(List.of("a", 1, id));
      map.set("failure", new IllegalStateException("why", new java.io.IOException("x")));
      assertThat(map.get("failure")).isInstanceOf(IllegalStateException.class);
    } finally {
      member.shutdown();
    }
  }
}
