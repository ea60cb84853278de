package io.eric.cluster;

import static io.eric.testing.Hub.await;

import io.eric.channel.ChannelContainer;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.link.Peer;
import io.eric.cluster.raft.RaftSettings;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.FreePort;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** A node of a cluster in this JVM, without doors: links, replicas and channels. */
final class LocalNode {

  final String name;
  final Vertx vertx;
  final ChannelContainer channels;
  final ClusterNode node;
  final NodeLinks links;

  private LocalNode(Membership membership, Member self, Path dir) {
    this.name = self.node();
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    this.channels = new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    SeenNodes seen = new SeenNodes();
    AtomicReference<ClusterNode> started = new AtomicReference<>();
    this.links =
        new NodeLinks(
            context,
            new LinkIdentity(membership.cluster(), name, UUID.randomUUID().toString()),
            LinkSettings.at(self.host(), self.linkPort()),
            channel -> started.get() != null && started.get().serves(channel),
            seen);
    await(links.listen());
    await(
        links.connect(
            membership.members().stream()
                .map(each -> new Peer(each.node(), each.host(), each.linkPort()))
                .toList()));
    this.node =
        new ClusterNode(
            context,
            channels,
            links,
            seen,
            new RaftSettings(
                name,
                membership,
                dir.resolve("node" + name),
                "127.0.0.1",
                false,
                true,
                RaftSettings.ELECTION_TIMEOUT,
                8 << 20,
                1 << 20),
            0,
            links::close);
    started.set(node);
    channels.placedBy(node);
    await(node.start());
    await(channels.start());
  }

  /** Agrees on a cluster, of which each node is to be started by {@link #start}. */
  static Membership membership(int nodes, int groups) throws IOException {
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= nodes; i++) {
      members.add(
          new Member(Integer.toString(i), "s" + i, "127.0.0.1", FreePort.find(), FreePort.find()));
    }
    return new Membership("local" + UUID.randomUUID(), groups, members);
  }

  /** Starts the node of a place, from 0, on what its directory has. */
  static LocalNode start(Membership membership, int place, Path dir) {
    return new LocalNode(membership, membership.members().get(place), dir);
  }

  /** Starts all nodes, and waits until they serve. */
  static List<LocalNode> startAll(Membership membership, Path dir) {
    List<LocalNode> nodes = new ArrayList<>();
    for (int i = 0; i < membership.members().size(); i++) {
      nodes.add(start(membership, i, dir));
    }
    nodes.forEach(LocalNode::awaitReady);
    return nodes;
  }

  void awaitReady() {
    Awaitility.await().until(() -> await(node.readiness().map(true).otherwise(false)));
  }

  /** Ends in order. */
  void close() {
    await(node.drain());
    await(node.release());
    await(channels.close());
    await(node.leave());
    await(vertx.close());
  }

  /** Dies as a process does, as far as its channels and the other nodes are concerned. */
  void kill() {
    await(links.close());
    await(node.leave());
    await(vertx.close());
  }
}
