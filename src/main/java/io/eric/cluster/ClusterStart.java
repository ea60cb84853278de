package io.eric.cluster;

import io.eric.channel.ChannelContainer;
import io.eric.cluster.admin.AdminServer;
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
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a hub one of several: finds this node's place, meets the other members, agrees with them on
 * the cluster if there is none yet, and starts the node.
 */
public final class ClusterStart {

  private static final Logger logger = LoggerFactory.getLogger(ClusterStart.class);

  private static final String SERVICE = "cluster.formation";

  /** How often a node that joins looks whether it has been let in. */
  private static final long MEMBER_MS = 200;

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
  private @Nullable AdminServer admin;
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
    ClusterOperator operator =
        new ClusterOperator(vertx, new VertxLoop(context), opened, forming, open, this::operated);
    operator.serve();
    AdminServer commands = new AdminServer(context, opened.path(), operator);
    admin = commands;
    return open.listen()
        .compose(
            port ->
                open.connect(
                    opened.seats().stream()
                        .map(seat -> new Peer(seat.node(), seat.host(), seat.linkPort()))
                        .toList()))
        .compose(connected -> commands.open())
        .compose(
            commanded ->
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

  private ClusterNode.@Nullable Operated operated() {
    ClusterNode started = node;
    return started == null ? null : started.operated();
  }

  private Future<ClusterNode> start(Membership membership) {
    ClusterDirectory opened = directory;
    NodeLinks open = links;
    if (opened == null || open == null) {
      throw new IllegalStateException("a cluster was formed by a node that has not met it");
    }
    boolean joins = membership.hasJoined(opened.storage());
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
                joins,
                options.getFsync() == ClusterOptions.Fsync.ALWAYS,
                Duration.ofMillis(options.getElectionTimeout()),
                maxEntryBytes,
                RaftSettings.LOG_CACHE_BYTES),
            options.getRebalanceDelay(),
            this::close);
    container.placedBy(started);
    node = started;
    return started
        .start()
        .compose(running -> joins ? letIn(opened.node()) : Future.succeededFuture())
        .map(started);
  }

  /** Waits until all groups have let this node in; after the first time they have already. */
  private Future<Void> letIn(String name) {
    Promise<Void> member = Promise.promise();
    context.runOnContext(turn -> awaitMember(name, true, member));
    return member.future();
  }

  private void awaitMember(String name, boolean isFirst, Promise<Void> member) {
    ClusterNode.Operated operated = operated();
    if (operated != null && operated.raft().isMember()) {
      member.complete();
      return;
    }
    if (isFirst) {
      logger.info(
          "node {} has a new disk and waits until all groups have let it in, as `eric cluster"
              + " replace {}` makes them do",
          name,
          name);
    }
    vertx.setTimer(MEMBER_MS, timer -> awaitMember(name, false, member));
  }

  /** Closes what a node stands on, in the reverse order. */
  private Future<Void> close() {
    NodeLinks open = links;
    Formation forming = formation;
    ClusterDirectory opened = directory;
    if (forming != null) {
      context.runOnContext(turn -> forming.close());
    }
    AdminServer commands = admin;
    Future<Void> closed = commands == null ? Future.succeededFuture() : commands.close();
    return closed
        .eventually(() -> open == null ? Future.succeededFuture() : open.close())
        .eventually(
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
