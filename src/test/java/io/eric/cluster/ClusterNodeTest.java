package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.cluster.identity.Membership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in one JVM, over real links and real replicas. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClusterNodeTest {

  private static final int GROUPS = 3;

  @TempDir private Path dir;
  private Membership membership;
  private final List<LocalNode> nodes = new ArrayList<>();

  @BeforeEach
  void agree() throws Exception {
    membership = LocalNode.membership(3, GROUPS);
  }

  @AfterEach
  void end() {
    nodes.forEach(LocalNode::close);
  }

  private void startAll() {
    nodes.addAll(LocalNode.startAll(membership, dir));
  }

  /** A node knows what others have created as soon as it has applied it. */
  private static void awaitKnown(LocalNode node, String channel) {
    Awaitility.await().until(() -> node.channels.getAllIds().contains(channel));
  }

  @Test
  void aChannelIsReachedThroughEachNode() {
    startAll();
    await(nodes.get(0).channels.create("news", null));

    for (LocalNode each : nodes) {
      awaitKnown(each, "news");
      Channel channel = each.channels.get("news");
      await(channel.registerListener(new MessageQueueListener("from" + each.name)));
      await(channel.broadcast(Message.of("m", each.name)));
    }

    assertThat(await(nodes.get(1).channels.get("news").getConnections())).hasSize(3);
    assertThat(nodes.stream().filter(each -> each.channels.isOpen("news"))).hasSize(1);
    assertThatThrownBy(() -> await(nodes.get(2).channels.create("news", null)))
        .isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void theChannelsOfANodeThatDiesGoOnElsewhere() {
    startAll();
    for (int i = 0; i < 12; i++) {
      await(nodes.get(i % 3).channels.create("c" + i, null));
    }
    LocalNode victim =
        nodes.stream().filter(each -> each.channels.isOpen("c0")).findFirst().orElseThrow();
    await(victim.channels.get("c0").registerListener(new MessageQueueListener("r")));
    await(victim.channels.get("c0").broadcast(Message.of("m", 1)));

    nodes.remove(victim);
    victim.kill();

    LocalNode other = nodes.get(0);
    assertThat(await(other.channels.get("c0").broadcast(Message.of("m", 2)))).endsWith("-2");
    for (int i = 0; i < 12; i++) {
      String id = "c" + i;
      Awaitility.await()
          .until(() -> nodes.stream().filter(each -> each.channels.isOpen(id)).count() == 1);
    }
    assertThat(await(other.channels.get("c0").getConnections())).hasSize(1);
  }

  /** Its replicas go on, so that the others have no other reason to stand for election. */
  @Test
  void theGroupsOfANodeWhosePortRefusesGoToTheNextNode() {
    startAll();
    await(nodes.get(0).channels.create("c", null));
    LocalNode ended =
        nodes.stream().filter(each -> each.channels.isOpen("c")).findFirst().orElseThrow();
    int place = nodes.indexOf(ended);

    await(ended.links.close());

    LocalNode next = nodes.get((place + 1) % nodes.size());
    Awaitility.await().until(() -> next.channels.isOpen("c"));
    nodes.remove(ended);
    ended.kill();
  }

  @Test
  void aFullStopLosesNothing() {
    startAll();
    await(nodes.get(0).channels.create("kept", null));
    awaitKnown(nodes.get(1), "kept");
    await(nodes.get(1).channels.get("kept").broadcast(Message.of("m", 1)));

    nodes.forEach(LocalNode::kill);
    nodes.clear();
    startAll();

    assertThat(nodes.get(2).channels.getAllIds()).containsExactly("kept");
    assertThat(await(nodes.get(2).channels.get("kept").broadcast(Message.of("m", 2))))
        .endsWith("-2");
  }

  @Test
  void aNodeThatDrainsGivesItsChannelsAway() {
    startAll();
    for (int i = 0; i < 12; i++) {
      await(nodes.get(0).channels.create("c" + i, null));
    }
    LocalNode leaving =
        nodes.stream().filter(each -> each.channels.isOpen("c0")).findFirst().orElseThrow();

    await(leaving.node.drain());

    for (int i = 0; i < 12; i++) {
      assertThat(leaving.channels.isOpen("c" + i)).isFalse();
      String id = "c" + i;
      Awaitility.await()
          .until(() -> nodes.stream().filter(each -> each.channels.isOpen(id)).count() == 1);
    }
  }
}
