package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However clients go, they leave nothing behind, as seen from outside of the process. */
@Timeout(300)
class ConnectionChurnIT {

  private static final String CHANNEL = "busy";
  private static final int CONNECTS = 9_900;
  private static final int THREADS = 6;
  private static final int NAMED = 100;
  private static final int VANISHING = 100;

  /** What there is one of per stream, attachment, connection, timer or consumer. */
  private static final List<String> COUNTED =
      List.of(
          "io.eric.internal.edge.EdgeStream",
          "io.eric.channel.internal.readers.StreamAttachment",
          "io.eric.channel.internal.readers.Listener",
          "io.eric.http.internal.guard.ConnectionGuard",
          "io.eric.http.internal.guard.Deadlines$Deadline",
          "io.eric.socket.SocketConnection",
          "io.vertx.core.impl.VertxImpl$InternalTimerHandler",
          "io.vertx.core.eventbus.impl.MessageConsumerImpl",
          "io.netty.channel.socket.nio.NioSocketChannel",
          "io.netty.channel.socket.nio.NioDomainSocketChannel");

  @TempDir private Path dir;

  @Test
  void thousandsOfConnectionsThatEndInEveryWayLeaveNothing() throws Exception {
    JsonObject quick = new JsonObject().put("heartbeat", 300).put("writeDeadline", 2_000);
    JsonObject settings =
        new JsonObject()
            .put("http", new JsonObject().put("edge", quick).put("requestTimeout", 3_000))
            .put("socket", new JsonObject().put("edge", quick).put("commandTimeout", 3_000));
    try (HubProcess hub = HubProcess.start(dir, settings, "-Xmx128m")) {
      hub.channel(CHANNEL, null);
      for (int i = 0; i < NAMED; i++) {
        hub.listener(CHANNEL, "n" + i);
      }
      connectAndLeave(hub, 400); // what is made once is made
      awaitAllGone(hub);
      int descriptors = settledDescriptors(hub);
      HubProcess.Heap before = hub.heap();

      connectAndLeave(hub, CONNECTS);

      awaitAllGone(hub);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(hub.descriptors()).isLessThanOrEqualTo(descriptors));
      assertSameObjects(hub, before);
      // A named listener stays, and whoever comes next goes on where it was.
      assertThat(hub.states(CHANNEL)).hasSize(NAMED);
      assertThat(Set.copyOf(hub.states(CHANNEL).values())).containsExactly("detached");
      assertThat(hub.complaints()).isEmpty();
    }
  }

  @Test
  @RequiresCommand({"ip", "python3"})
  void clientsThatVanishWithoutAWordLeaveNothing() throws Exception {
    JsonObject quick = new JsonObject().put("heartbeat", 200).put("writeDeadline", 1_000);
    JsonObject settings =
        new JsonObject()
            .put("http", new JsonObject().put("edge", quick).put("host", Link.HUB_ADDRESS));
    try (Link link = Link.create();
        HubProcess hub = HubProcess.start(dir, settings, link.inHubsNamespace(), "-Xmx128m");
        Processes processes = new Processes()) {
      hub.channel(CHANNEL, null);
      List<String> paths = new ArrayList<>();
      for (int i = 0; i < VANISHING / 2; i++) {
        hub.listener(CHANNEL, "n" + i);
        paths.add("/stream/" + CHANNEL + "/n" + i);
        paths.add("/watch/" + CHANNEL);
      }
      int descriptors = settledDescriptors(hub);
      openStreams(processes, link, hub, paths);
      assertThat(hub.heap().count("io.eric.internal.edge.EdgeStream")).isEqualTo(VANISHING);
      assertThat(hub.descriptors()).isGreaterThanOrEqualTo(descriptors + VANISHING);

      link.cut();
      // Heartbeats alone would fit into the kernel's buffers for hours.
      String payload = "x".repeat(10_000);
      for (int i = 0; i < 60; i++) {
        hub.broadcast(CHANNEL, "t", payload);
      }

      awaitAllGone(hub);
      assertThat(Set.copyOf(hub.states(CHANNEL).values())).containsExactly("detached");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(hub.descriptors()).isLessThanOrEqualTo(descriptors));
      assertThat(hub.heap().count("io.eric.http.internal.guard.ConnectionGuard")).isZero();
      assertThat(hub.complaints()).isEmpty();
    }
  }

  // ---- what is left

  private static void awaitAllGone(HubProcess hub) {
    await("nobody attached")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Map<String, String> states = hub.states(CHANNEL);
              return !states.containsValue("live") && !states.containsValue("catching up");
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              HubProcess.Heap heap = hub.heap();
              assertThat(heap.count("io.eric.internal.edge.EdgeStream")).as("streams").isZero();
              assertThat(heap.count("io.eric.channel.internal.readers.StreamAttachment"))
                  .as("attached")
                  .isZero();
            });
  }

  private static void assertSameObjects(HubProcess hub, HubProcess.Heap before) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              HubProcess.Heap now = hub.heap();
              for (String each : COUNTED) {
                assertThat(now.count(each)).as(each).isLessThanOrEqualTo(before.count(each) + 2);
              }
              assertThat(now.bytes() - before.bytes()).as("growth").isLessThan(4 << 20);
            });
  }

  /** The number of descriptors when nobody is connected any more. */
  private static int settledDescriptors(HubProcess hub) {
    assertThat(hub.heap().bytes()).isPositive(); // asking opens a descriptor, once
    int[] last = {Integer.MAX_VALUE};
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              int now = hub.descriptors();
              boolean same = now == last[0];
              last[0] = now;
              return same;
            });
    return last[0];
  }

  // ---- connecting

  private void connectAndLeave(HubProcess hub, int count) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    try {
      // Some are cut off in the middle of what they are sent.
      Future<?> publisher =
          threads.submit(
              () -> {
                while (!done.get()) {
                  hub.broadcast(CHANNEL, "t", "x".repeat(500));
                }
              });
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(
            threads.submit(
                () -> {
                  for (int n; (n = next.getAndIncrement()) < count; ) {
                    if (n % 3 == 0) {
                      socketClient(hub, n / 3);
                    } else {
                      httpClient(hub, n / 3 * 2 + n % 3 - 1);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get(4, TimeUnit.MINUTES);
      }
      done.set(true);
      publisher.get(1, TimeUnit.MINUTES);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void httpClient(HubProcess hub, int n) throws IOException {
    boolean watch = n % 2 == 0;
    boolean reset = n / 2 % 2 == 0;
    int reads = n / 4 % 3;
    try (Socket socket = new Socket(hub.host(), hub.port())) {
      String path = watch ? "/watch/" + CHANNEL : "/stream/" + CHANNEL + "/n" + n / 2 % NAMED;
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < reads; i++) { // none: it leaves before it is answered
        assertThat(socket.getInputStream().read(new byte[256])).isPositive();
      }
      if (reset) {
        socket.setSoLinger(true, 0);
      }
    }
  }

  /** A close while bytes are unread is what a reset is for a Unix socket. */
  private static void socketClient(HubProcess hub, int n) throws IOException {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(hub.socket()));
      String command =
          n % 2 == 0
              ? "{\"v\":\"w\",\"c\":\"" + CHANNEL + "\"}\n"
              : "{\"v\":\"l\",\"c\":\"" + CHANNEL + "\",\"r\":\"n" + n / 2 % NAMED + "\"}\n";
      socket.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
      if (n / 2 % 2 == 0) {
        socket.shutdownOutput();
      }
      if (n / 4 % 2 == 0) {
        assertThat(socket.read(ByteBuffer.allocate(20))).isPositive();
      }
    }
  }

  // ---- a link that can be cut

  private static void openStreams(
      Processes processes, Link link, HubProcess hub, List<String> paths) throws Exception {
    Path script =
        Path.of(
            Objects.requireNonNull(
                    ConnectionChurnIT.class.getResource("/python/open_streams.py"), "script")
                .toURI());
    List<String> command = new ArrayList<>(link.inClientsNamespace());
    command.addAll(List.of("python3", script.toString(), hub.host(), "" + hub.port()));
    command.addAll(paths);
    BufferedReader out = Program.output(processes.start(command.toArray(String[]::new)));
    assertThat(out.readLine()).isEqualTo("open");
  }

  /** Two network namespaces and a cable between them. */
  private record Link(String hubSide, String clientSide) implements AutoCloseable {

    private static final String HUB_ADDRESS = "198.18.77.1";
    private static final String CLIENT_ADDRESS = "198.18.77.2";

    private static Link create() throws Exception {
      String name = "eric" + ProcessHandle.current().pid();
      Link link = new Link(name + "h", name + "c");
      if (ip("netns", "add", link.hubSide) != 0) {
        String reason = "network namespaces need more rights than this test has";
        System.err.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
      }
      try {
        link.connect();
        return link;
      } catch (Exception | Error e) {
        link.close();
        throw e;
      }
    }

    private void connect() throws Exception {
      String[][] commands = {
        {"netns", "add", clientSide},
        {"-n", hubSide, "link", "add", "h0", "type", "veth", "peer", "name", "c0"},
        {"-n", hubSide, "link", "set", "c0", "netns", clientSide},
        {"-n", hubSide, "addr", "add", HUB_ADDRESS + "/30", "dev", "h0"},
        {"-n", clientSide, "addr", "add", CLIENT_ADDRESS + "/30", "dev", "c0"},
        {"-n", hubSide, "link", "set", "h0", "up"},
        {"-n", hubSide, "link", "set", "lo", "up"},
        {"-n", clientSide, "link", "set", "c0", "up"},
      };
      for (String[] command : commands) {
        assertThat(ip(command)).as(String.join(" ", command)).isZero();
      }
    }

    private List<String> inHubsNamespace() {
      return List.of("ip", "netns", "exec", hubSide);
    }

    private List<String> inClientsNamespace() {
      return List.of("ip", "netns", "exec", clientSide);
    }

    /** From now on nothing arrives, and nobody is told. */
    private void cut() throws Exception {
      assertThat(ip("-n", clientSide, "link", "set", "c0", "down")).isZero();
    }

    @Override
    public void close() throws Exception {
      ip("netns", "delete", hubSide);
      ip("netns", "delete", clientSide);
    }

    private static int ip(String... arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("ip"));
      command.addAll(List.of(arguments));
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
  }
}
