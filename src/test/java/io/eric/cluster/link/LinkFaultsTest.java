package io.eric.cluster.link;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes with a network between them that fails. The first one dials. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LinkFaultsTest {

  private static final long LONG = 60_000;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private LinkedNode one;
  private LinkedNode two;
  private TcpProxy network;

  private void start(LinkSettings settings) {
    one = opened(new LinkedNode("1", "a", settings));
    two = opened(new LinkedNode("2", "b", settings));
    network = opened(new TcpProxy(two.port));
    one.connect(two.peer(network.port()));
    two.connect(one.peer());
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
    two.links.serve("echo", (from, question) -> Future.succeededFuture(question));
    two.links.serve("silent", (from, question) -> Promise.<Buffer>promise().future());
  }

  private <T extends AutoCloseable> T opened(T what) {
    opened.add(0, what);
    return what;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private static LinkSettings quick() {
    return LinkSettings.at("127.0.0.1", 0).withHeartbeats(50, 400);
  }

  private static LinkSettings patient() {
    return LinkSettings.at("127.0.0.1", 0).withHeartbeats(1_000, LONG);
  }

  @Test
  void aCutIsNoticedAtOnceAndHeals() {
    start(patient());
    Future<Buffer> asked = one.links.call("2", "silent", Buffer.buffer(), LONG);
    await(one.links.call("2", "echo", Buffer.buffer(), LONG));
    network.cut();
    assertThat(LinkedNode.failure(asked).failureType()).isEqualTo(ReplyFailure.TIMEOUT);
    two.everTold("down 1");
    one.lastTold("gone 2 b");
    two.lastTold("gone 1 a");
    network.heal();
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
    await(one.links.call("2", "echo", Buffer.buffer(), LONG));
  }

  @Test
  void aNetworkThatDropsEverythingIsNoticedByBothSides() {
    start(quick());
    Future<Buffer> asked = one.links.call("2", "silent", Buffer.buffer(), LONG);
    network.stall();
    one.everTold("gone 2 b");
    two.everTold("gone 1 a");
    assertThat(LinkedNode.failure(asked).failureType()).isEqualTo(ReplyFailure.TIMEOUT);
    network.heal();
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
    await(one.links.call("2", "echo", Buffer.buffer(), LONG));
  }

  @Test
  void aNetworkThatDropsOneDirectionIsNoticedByBothSides() {
    start(quick());
    network.stallTowardsServer();
    two.everTold("gone 1 a");
    one.everTold("down 2");
    network.heal();
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
    await(one.links.call("2", "echo", Buffer.buffer(), LONG));
  }

  @Test
  void aConnectionThatIsHalfOpenIsReplaced() {
    start(patient());
    network.halfOpen();
    one.everTold("down 2");
    one.lastTold("up 2 b");
    until(() -> two.told.size() == 3);
    assertThat(two.told).containsExactly("up 1 a", "down 1", "up 1 a");
    await(one.links.call("2", "echo", Buffer.buffer(), LONG));
    assertThat(two.gauge(GaugeName.LINKS_UP)).isEqualTo(1);
  }

  @Test
  void aNodeThatStartsAgainHasANewLife() {
    start(patient());
    int port = two.port;
    two.close();
    one.everTold("down 2");
    LinkedNode again = opened(new LinkedNode("2", "c", LinkSettings.at("127.0.0.1", port)));
    again.connect(one.peer());
    one.lastTold("up 2 c");
    assertThat(one.told).containsExactly("up 2 b", "down 2", "gone 2 b", "up 2 c");
  }

  @Test
  void whatWaitsForANodeThatDoesNotReadIsBounded() {
    int frame = 1 << 20;
    start(new LinkSettings("127.0.0.1", 0, 1_000, LONG, 2_000, 5_000, 2 * frame, 8L * frame));
    network.stall();
    Buffer large = Buffer.buffer(new byte[frame]);
    List<Future<Buffer>> asked = new ArrayList<>();
    until(
        () -> {
          asked.add(one.links.call("2", "echo", large, LONG));
          return one.count(CounterName.LINK_DROPPED_FULL) > 0;
        });
    Future<Buffer> refused = asked.get(asked.size() - 1);
    assertThat(LinkedNode.failure(refused).failureType()).isEqualTo(ReplyFailure.NO_HANDLERS);
    assertThat(one.gauge(GaugeName.LINK_OUTBOX_BYTES)).isBetween(6L * frame, 8L * frame);
    long dropped = one.count(CounterName.LINK_DROPPED_FULL);
    one.links.send("2", "x", "y".repeat(2 * frame - 100));
    assertThat(one.count(CounterName.LINK_DROPPED_FULL)).isEqualTo(dropped + 1);
    network.heal();
    for (Future<Buffer> each : asked.subList(0, asked.size() - 1)) {
      assertThat(await(each).length()).isEqualTo(frame);
    }
    assertThat(one.gauge(GaugeName.LINK_OUTBOX_BYTES)).isZero();
  }
}
