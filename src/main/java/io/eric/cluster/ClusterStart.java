package io.eric.cluster;

import io.eric.channel.ChannelContainer;
import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.ClusterDirectory;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.identity.Seat;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.link.Peer;
import io.eric.cluster.raft.RaftSettings;
import io.eric.internal.VertxLoop;
import io.eric.options.ClusterOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes a hub one of several: finds this node's place, meets the other members, agrees with them on
 * the cluster if there is none yet, and starts the node.
 */
public final class ClusterStart {

  private static final String SERVICE = "cluster.formation";

  private static final long ANSWER_MS = 2_000;

  /** What a message's entry in the log of a group may have beside the payload, in bytes. */
  private static final int ENTRY_MARGIN = 1 << 20;

  /** The smallest bound of an entry: a batch of many channels' small messages, in bytes. */
  private static final int MIN_ENTRY_BYTES = 4 << 20;

  private static final int MAX_ENTRY_BYTES = 512 << 20;

  private final Vertx vertx;
  private final ContextInternal context;
  private final ChannelContainer container;
  private final ClusterOptions options;
  private final int maxEntryBytes;
  private final SeenNodes seen = new SeenNodes();
  private @Nullable ClusterDirectory directory;
  private @Nullable NodeLinks links;
  private @Nullable Formation formation;
  private volatile @Nullable ClusterNode node;

  private ClusterStart(
      Vertx vertx, ChannelContainer container, ClusterOptions options, int maxPayload) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.container = container;
    this.options = options;
    this.maxEntryBytes =
        (int) Math.min(MAX_ENTRY_BYTES, Math.max(MIN_ENTRY_BYTES, 2L * maxPayload + ENTRY_MARGIN));
  }

  /**
   * Starts a node. It waits for all members at the very first start of a cluster, and logs for
   * which ones; later it needs none of them to start, though more than half to serve.
   *
   * @param maxPayload the largest payload that a channel may take, in bytes
   * @return the node; fails if its directory or its ports cannot be used, and then nothing is left
   *     open
   */
  public static Future<ClusterNode> join(
      Vertx vertx, ChannelContainer container, ClusterOptions options, int maxPayload) {
    ClusterStart start = new ClusterStart(vertx, container, options, maxPayload);
    return start.open().recover(e -> start.close().transform(closed -> Future.failedFuture(e)));
  }

  private Future<ClusterNode> open() {
    return vertx
        .executeBlocking(() -> ClusterDirectory.open(options), false)
        .compose(
            opened -> {
              directory = opened;
              return meet(opened);
            })
        .compose(this::start);
  }

  private Future<Membership> meet(ClusterDirectory opened) {
    Seat own = opened.applicant().own();
    if (!options.isInsecure() && !HazelcastSettings.isLoopback(bindHost(own))) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "setting \"cluster.members\": other machines reach "
                  + bindHost(own)
                  + ", and connections between nodes are neither encrypted nor authenticated; in a"
                  + " network that only nodes reach, set cluster.insecure to true"));
    }
    NodeLinks open =
        new NodeLinks(
            context,
            new LinkIdentity(options.getName(), own.node(), UUID.randomUUID().toString()),
            LinkSettings.at(bindHost(own), own.linkPort())
                .withHeartbeats(options.getHeartbeatInterval(), options.getHeartbeatTimeout()),
            this::serves,
            seen);
    links = open;
    Formation forming =
        new Formation(
            opened.applicant(),
            opened.agreement(),
            (to, request) -> open.call(to, SERVICE, request, ANSWER_MS),
            new VertxLoop(context),
            agreement -> record(opened, agreement));
    formation = forming;
    open.serve(SERVICE, forming::answer);
    return open.listen()
        .compose(
            port ->
                open.connect(
                    opened.seats().stream()
                        .map(seat -> new Peer(seat.node(), seat.host(), seat.linkPort()))
                        .toList()))
        .compose(
            connected ->
                Future.future(
                    formed -> context.runOnContext(turn -> forming.start().onComplete(formed))));
  }

  /** Nodes of one machine meet at its loopback address, others where the members say. */
  private String bindHost(Seat own) {
    return options.getMembers().isEmpty() ? options.getHost() : own.host();
  }

  private Future<Void> record(ClusterDirectory opened, Agreement agreement) {
    return context
        .executeBlocking(
            () -> {
              opened.record(agreement);
              return null;
            })
        .mapEmpty();
  }

  private boolean serves(String channel) {
    ClusterNode started = node;
    return started != null && started.serves(channel);
  }

  private Future<ClusterNode> start(Membership membership) {
    ClusterDirectory opened = directory;
    NodeLinks open = links;
    if (opened == null || open == null) {
      throw new IllegalStateException("a cluster was formed by a node that has not met it");
    }
    ClusterNode started =
        new ClusterNode(
            context,
            container,
            open,
            seen,
            new RaftSettings(
                opened.node(),
                membership,
                opened.raftDirectory(),
                bindHost(opened.applicant().own()),
                false,
                options.getFsync() == ClusterOptions.Fsync.ALWAYS,
                Duration.ofMillis(options.getElectionTimeout()),
                maxEntryBytes,
                RaftSettings.LOG_CACHE_BYTES),
            options.getRebalanceDelay(),
            this::close);
    container.placedBy(started);
    node = started;
    return started.start().map(started);
  }

  /** Closes what a node stands on, in the reverse order. */
  private Future<Void> close() {
    NodeLinks open = links;
    Formation forming = formation;
    ClusterDirectory opened = directory;
    if (forming != null) {
      context.runOnContext(turn -> forming.close());
    }
    Future<Void> closed = open == null ? Future.succeededFuture() : open.close();
    return closed.eventually(
        () ->
            vertx.executeBlocking(
                () -> {
                  if (opened != null) {
                    opened.close();
                  }
                  return null;
                },
                false));
  }
}
