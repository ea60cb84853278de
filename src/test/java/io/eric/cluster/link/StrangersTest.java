package io.eric.cluster.link;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to a node's port that are not those of its peers. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StrangersTest {

  private static final LinkSettings SETTINGS =
      new LinkSettings("127.0.0.1", 0, 1_000, 60_000, 2_000, 300, 1 << 20, 1 << 20);

  private final LinkedNode one = new LinkedNode("1", "a", SETTINGS);
  private final LinkedNode two = new LinkedNode("2", "b", SETTINGS);
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeEach
  void connect() {
    one.connect(two.peer());
    two.connect(one.peer(), new Peer("3", "127.0.0.1", 1));
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
  }

  /** Whatever the strangers did, the nodes talk to each other as before. */
  @AfterEach
  void allIsWell() throws Exception {
    for (Socket each : sockets) {
      each.close();
    }
    two.links.serve("echo", (from, question) -> Future.succeededFuture(question));
    await(one.links.call("2", "echo", Buffer.buffer(), 60_000));
    assertThat(one.told).containsExactly("up 2 b");
    assertThat(two.told).containsExactly("up 1 a");
    one.close();
    two.close();
  }

  private Socket open() throws IOException {
    Socket socket = new Socket("127.0.0.1", two.port);
    socket.setSoTimeout(60_000);
    sockets.add(socket);
    return socket;
  }

  private static byte[] answer(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  private Frame refusal(Frame greeting) throws IOException {
    Socket socket = open();
    socket.getOutputStream().write(FrameReader.framed(FrameCodec.write(greeting)).getBytes());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    Frame refused = FrameCodec.read(in.readNBytes(in.readInt()));
    assertThat(in.read()).isEqualTo(-1);
    return refused;
  }

  @Test
  void garbageEndsTheConnection() throws Exception {
    Socket socket = open();
    socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(answer(socket)).isEmpty();
    until(() -> two.count(CounterName.LINK_REFUSED_GARBAGE) == 1);
  }

  @ParameterizedTest
  @CsvSource({"7fffffff", "ffffffff", "00001001", "00000000"})
  void aLengthThatNoGreetingHasEndsTheConnection(String length) throws Exception {
    Socket socket = open();
    socket
        .getOutputStream()
        .write(Buffer.buffer().appendInt(Integer.parseUnsignedInt(length, 16)).getBytes());
    assertThat(answer(socket)).isEmpty();
    until(() -> two.count(CounterName.LINK_REFUSED_GARBAGE) == 1);
  }

  @Test
  void framesThatAreNoGreetingEndTheConnection() throws Exception {
    for (byte[] frame :
        List.of(FrameCodec.write(new Frame.Send("x", "y")), new byte[] {99}, new byte[4_096])) {
      Socket socket = open();
      socket.getOutputStream().write(FrameReader.framed(frame).getBytes());
      assertThat(answer(socket)).isEmpty();
    }
    until(() -> two.count(CounterName.LINK_REFUSED_GARBAGE) == 3);
  }

  @Test
  void silenceEndsTheConnection() throws Exception {
    Socket silent = open();
    Socket slow = open();
    slow.getOutputStream().write(0);
    assertThat(answer(silent)).isEmpty();
    assertThat(answer(slow)).isEmpty();
    until(() -> two.count(CounterName.LINK_REFUSED_SILENT) == 2);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          other, 3, 'node 2 is of cluster "eric", node 3 of cluster "other"'
          eric,  9, node 9 is not a member here
          eric,  2, there are two nodes of the name 2
          eric,  3, 'node 3 has to be connected to, not to connect'
          """)
  void aGreetingThatIsNotAPeersIsRefusedWithTheReason(String cluster, String node, String reason)
      throws Exception {
    assertThat(refusal(new Frame.Hello(FrameCodec.VERSION, new LinkIdentity(cluster, node, "x"))))
        .isEqualTo(new Frame.Refused(reason));
    assertThat(two.count(CounterName.LINK_REFUSED_GREETING)).isEqualTo(1);
  }

  @Test
  void anotherVersionIsRefusedWithTheReason() throws Exception {
    assertThat(refusal(new Frame.Hello(7, null)))
        .isEqualTo(
            new Frame.Refused(
                "node 2 speaks version 1 of the protocol between nodes, the other one version 7"));
  }

  @Test
  void aNodeThatReachesItselfIsRefused() throws Exception {
    assertThat(refusal(new Frame.Hello(FrameCodec.VERSION, new LinkIdentity("eric", "2", "b"))))
        .isEqualTo(
            new Frame.Refused("node 2 has reached itself: an address of another node is its own"));
  }

  @Test
  void fewMayBeWithoutAGreeting() throws Exception {
    for (int i = 0; i < Reception.MOST_STRANGERS + 5; i++) {
      open();
    }
    until(() -> two.count(CounterName.LINK_REFUSED_LIMIT) == 5);
    until(() -> two.count(CounterName.LINK_REFUSED_SILENT) == Reception.MOST_STRANGERS);
  }

  @Test
  void aPeerOfAnotherClusterIsNotConnected() {
    try (LinkedNode other = new LinkedNode(new LinkIdentity("other", "1", "x"), SETTINGS)) {
      other.connect(two.peer());
      until(() -> two.count(CounterName.LINK_REFUSED_GREETING) >= 2);
      assertThat(other.told).isEmpty();
      assertThat(other.gauge(GaugeName.LINKS_UP)).isZero();
    }
  }
}
