package io.eric.app;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.EricException;
import io.eric.ListenerStatus;
import io.eric.MessageQueueListener;
import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.HubPlace;
import io.eric.cluster.ClusterNode;
import io.eric.cluster.ClusterStart;
import io.eric.http.HttpVerticle;
import io.eric.internal.CallersContext;
import io.eric.internal.OptionalDependency;
import io.eric.js.JsVerticleFactory;
import io.eric.log.MessageStore;
import io.eric.options.ClusterOptions;
import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.MetricsOptions;
import io.eric.options.PredefinedChannel;
import io.eric.options.PredefinedVerticle;
import io.eric.options.ShutdownOptions;
import io.eric.options.SocketOptions;
import io.eric.options.StoreOptions;
import io.eric.socket.SocketServer;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.VerticleFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub, composed from settings: store, channels, and the doors in front of them. Deploy one per
 * Vert.x instance, in any application:
 *
 * <pre>{@code
 * vertx.deployVerticle(new EricVerticle(new EricOptions()));
 * vertx.deployVerticle("io.eric.app.EricVerticle", new DeploymentOptions().setConfig(json));
 * }</pre>
 *
 * <p>All parts are stopped in reverse order on undeploy, and when the start fails half-way. All
 * methods of its own may be called from any thread.
 */
public final class EricVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(EricVerticle.class);

  /** How long verticles wait for a cluster in which channels can be created, in milliseconds. */
  private static final long FIRST_OWNERS_MS = 30_000;

  private final @Nullable MessageStore given;
  private volatile @Nullable MessageStore store;
  private final List<String> children = new ArrayList<>();
  private final List<HttpVerticle> http = new CopyOnWriteArrayList<>();
  private volatile @Nullable SocketServer socket;
  private volatile @Nullable EricOptions options;
  private volatile @Nullable ChannelContainer channels;
  private volatile @Nullable ClusterNode node;
  private volatile int httpPort;
  private volatile String socketPath = "";
  private SlotDoors doors = SlotDoors.ALONE;
  private volatile Handler<Throwable> failureHandler = failed -> {};
  private @Nullable HubPlace place;
  private @Nullable MetricsPage metrics;

  /**
   * Creates a hub with the settings of the deployment's config, see {@link
   * EricOptions#EricOptions(JsonObject)}.
   */
  public EricVerticle() {
    this.given = null;
  }

  /** Creates a hub with these settings; the deployment's config is not read. */
  public EricVerticle(EricOptions options) {
    this.options = options;
    this.given = null;
  }

  /**
   * Creates a hub that keeps its logs in the given store, and closes the store when it stops. In a
   * clustered Vert.x it fails to start, because messages are kept in the cluster there.
   */
  public EricVerticle(EricOptions options, MessageStore store) {
    this.options = options;
    this.given = store;
    this.store = store;
  }

  @Override
  public Future<?> start() {
    EricOptions wanted = options;
    EricOptions settings = wanted == null ? new EricOptions(config()) : wanted;
    options = settings;
    HubPlace taken;
    try {
      taken = HubPlace.take(vertx);
    } catch (IllegalStateException second) {
      return Future.failedFuture(second); // and a store that was given may be the other hub's
    }
    place = taken;
    return possible(settings)
        .compose(possible -> openStore(settings))
        .compose(opened -> openChannels(settings, opened))
        .compose(created -> deployAll(settings))
        .compose(deployed -> openSocket(settings))
        .compose(opened -> openHttp(settings))
        .recover(failure -> closeAll().transform(closed -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    return closeChannels();
  }

  /** Refuses impossible settings before anything is opened. */
  private Future<Void> possible(EricOptions settings) {
    ClusterOptions cluster = settings.getCluster();
    try {
      if (settings.isHttpEnabled() && settings.getMetrics().isAsked()) {
        OptionalDependency.MICROMETER.require("metrics.enabled is true");
      }
      if (cluster.isEnabled() && !vertx.isClustered()) {
        OptionalDependency.HAZELCAST.require("cluster.enabled is true");
        throw new IllegalArgumentException(
            "setting \"cluster.enabled\": this Vert.x is not clustered");
      }
      if (vertx.isClustered()) {
        OptionalDependency.HAZELCAST.require(
            cluster.isEnabled() ? "cluster.enabled is true" : "this Vert.x is clustered");
        refuseStore(settings);
      }
    } catch (IllegalArgumentException | IllegalStateException impossible) {
      return Future.failedFuture(impossible);
    }
    return Future.succeededFuture();
  }

  /** Refuses a store, because one that is named in the settings must not be ignored silently. */
  private void refuseStore(EricOptions settings) {
    String why =
        ": in a clustered Vert.x the nodes keep messages together, below cluster.directory, and in"
            + " no other store";
    if (given != null) {
      throw new IllegalArgumentException(
          "the store "
              + given.getClass().getName()
              + " that was given to EricVerticle cannot be used"
              + why);
    }
    if (settings.getStore().getType() != StoreOptions.Type.MEMORY) {
      throw new IllegalArgumentException("setting \"store.type\" must be memory" + why);
    }
  }

  /**
   * Returns the channels of this hub.
   *
   * @throws IllegalStateException before the verticle is deployed
   */
  public ChannelContainer channels() {
    ChannelContainer container = channels;
    if (container == null) {
      throw new IllegalStateException("the hub is not deployed");
    }
    return container;
  }

  /**
   * Returns a handle on a channel, for use from any context.
   *
   * @throws io.eric.InvalidChannelException if there is no such channel
   * @throws IllegalStateException before the verticle is deployed
   */
  public Channel channel(String id) {
    return channels().get(id);
  }

  /**
   * Returns a client of this hub, for use from any context. {@link EricClient#create} returns an
   * equivalent one anywhere else in the application.
   *
   * @throws IllegalStateException before the verticle is deployed
   */
  public EricClient client() {
    channels();
    return EricClient.create(vertx);
  }

  /**
   * Returns the port on which HTTP is served once the verticle is deployed; 0 if HTTP is not
   * enabled.
   */
  public int httpPort() {
    return httpPort;
  }

  /**
   * Returns the file of the Unix socket once the verticle is deployed, as {@code socket.path} has
   * it; empty if the socket is not enabled.
   */
  public String socketPath() {
    return socketPath;
  }

  /**
   * Sets what is called when this node of a cluster has failed for good, because its disk is full
   * or broken, or an entry cannot be applied. It owns nothing any more, {@code /healthz} and {@code
   * /readyz} are 503, and only a new process can serve again; {@code eric serve} ends then. An
   * application decides by itself: the hub does not end its JVM. The handler is called at most
   * once, on an event loop. Set it before the verticle is deployed.
   */
  public EricVerticle failureHandler(Handler<Throwable> handler) {
    failureHandler = handler;
    return this;
  }

  /**
   * Prepares for the end. From now on {@code /readyz} is DOWN and new streams are refused; open
   * streams are sent away with {@code _eric_goodbye}, spread over {@link ShutdownOptions#getDrain}.
   * Undeploy the verticle afterwards; a hub that is undeployed without draining closes its streams
   * at once. Completes on the caller's context.
   */
  public Future<Void> drain() {
    return CallersContext.of(this::drainAll);
  }

  private Future<Void> drainAll() {
    EricOptions settings = options;
    if (settings == null) {
      return Future.succeededFuture();
    }
    long over = settings.getShutdown().getDrain();
    LOG.info("draining over {} ms", over);
    ClusterNode joined = node;
    return (joined == null ? Future.<Void>succeededFuture() : joined.drain())
        .compose(moved -> drainDoors(over));
  }

  private Future<Void> drainDoors(long over) {
    List<Future<Void>> drained = new ArrayList<>();
    http.forEach(door -> drained.add(door.drain(over)));
    SocketServer server = socket;
    if (server != null) {
      drained.add(server.drain(over));
    }
    return Future.join(drained).mapEmpty();
  }

  private Future<MessageStore> openStore(EricOptions settings) {
    return given == null
        ? new Stores(vertx).open(settings.getStore()).onSuccess(opened -> store = opened)
        : Future.succeededFuture(given);
  }

  private Future<Void> openChannels(EricOptions settings, MessageStore opened) {
    ChannelContainer container =
        new ChannelContainer(vertx, opened, settings.getChannel(), settings.getLogs());
    container.occupies(Objects.requireNonNull(place));
    channels = container;
    Map<String, JsonObject> predefined = new HashMap<>();
    settings.getChannels().forEach((id, each) -> predefined.put(id, each.options()));
    if (vertx.isClustered()) {
      return joinCluster(settings, container);
    }
    return container
        .restore(predefined)
        .compose(restored -> container.start())
        .compose(started -> createAll(container, settings.getChannels()));
  }

  private Future<Void> joinCluster(EricOptions settings, ChannelContainer container) {
    return ClusterStart.join(vertx, container, settings.getCluster(), maxPayload(settings))
        .onSuccess(
            joined -> {
              node = joined;
              doors = SlotDoors.of(joined, settings.getCluster());
              joined.failure().onFailure(failed -> failureHandler.handle(failed));
            })
        .compose(joined -> container.start())
        .onSuccess(started -> createWhenPossible(container, settings.getChannels()));
  }

  /**
   * Returns the largest payload that a channel of this hub takes by its settings, in bytes. Buffers
   * of the cluster's log are as large, so a ceiling counts only if it is set; what a client's
   * channel would take beyond is refused as too large.
   */
  private static int maxPayload(EricOptions settings) {
    int most =
        Math.max(
            settings.getChannel().getMaxPayload(), settings.getLogs().getCeilings().getPayload());
    for (PredefinedChannel each : settings.getChannels().values()) {
      Object own = each.options().getValue("maxPayload");
      if (own instanceof Number bytes) {
        most = Math.max(most, bytes.intValue());
      }
    }
    return most;
  }

  /**
   * Tries to create the channels until it succeeds: no channel can be created before enough nodes
   * have come.
   */
  private void createWhenPossible(
      ChannelContainer container, Map<String, PredefinedChannel> predefined) {
    createAll(container, predefined)
        .onFailure(
            e -> {
              LOG.debug("predefined channels cannot be created yet: {}", e.getMessage());
              if (node != null) {
                vertx.setTimer(1_000, timer -> createWhenPossible(container, predefined));
              }
            });
  }

  private static Future<Void> createAll(
      ChannelContainer container, Map<String, PredefinedChannel> predefined) {
    Future<Void> created = Future.succeededFuture();
    for (Map.Entry<String, PredefinedChannel> each : predefined.entrySet()) {
      created = created.compose(done -> create(container, each.getKey(), each.getValue()));
    }
    return created;
  }

  private static Future<Void> create(
      ChannelContainer container, String id, PredefinedChannel predefined) {
    boolean restored = container.getAllIds().contains(id);
    Future<Channel> channel =
        restored
            ? Future.succeededFuture(container.get(id))
            : container.createConfigured(id, predefined.options());
    return channel.compose(
        handle ->
            handle
                .getConnections()
                .compose(present -> addMissing(handle, predefined.listeners(), present)));
  }

  private static Future<Void> addMissing(
      Channel channel, List<String> listeners, List<ListenerStatus> present) {
    Set<String> there =
        present.stream().map(ListenerStatus::listener).collect(Collectors.toUnmodifiableSet());
    return Future.all(
            listeners.stream()
                .filter(name -> !there.contains(name))
                .map(name -> channel.registerListener(new MessageQueueListener(name)))
                .toList())
        .mapEmpty();
  }

  /** Deploys the verticles before the doors open, so that the first clients find them there. */
  private Future<Void> deployAll(EricOptions settings) {
    for (VerticleFactory factory : vertx.verticleFactories()) {
      if (factory instanceof JsVerticleFactory scripts) {
        scripts.setOptions(settings.getJs());
      }
    }
    Map<String, PredefinedVerticle> verticles = settings.getVerticles();
    ClusterNode joined = node;
    // Most verticles begin with a channel, which a cluster that has just begun cannot create yet.
    Future<Void> deployed =
        joined == null || verticles.isEmpty()
            ? Future.succeededFuture()
            : joined.whenOwned(FIRST_OWNERS_MS);
    for (Map.Entry<String, PredefinedVerticle> each : verticles.entrySet()) {
      deployed = deployed.compose(done -> deploy(each.getKey(), each.getValue()));
    }
    return deployed;
  }

  private Future<Void> deploy(String name, PredefinedVerticle verticle) {
    return Future.succeededFuture()
        // The call stands inside compose(), because it throws if a class lacks another class.
        .compose(v -> vertx.deployVerticle(verticle.verticle(), verticle.deployment(name)))
        .onSuccess(children::add)
        .<Void>mapEmpty()
        .recover(e -> Future.failedFuture(notStarted(name, verticle, e)));
  }

  /**
   * Describes why a verticle did not start. The text begins with the verticle, because that is what
   * a reader needs to know first.
   */
  private static RuntimeException notStarted(
      String name, PredefinedVerticle verticle, Throwable failure) {
    // Otherwise it stood on the command line.
    boolean inSettings = !name.equals(verticle.verticle());
    String what =
        (inSettings ? "verticles." + name + " (" + verticle.verticle() + ')' : name)
            + " did not start: ";
    String text = what + reason(failure);
    return failure instanceof IllegalArgumentException
        ? new IllegalArgumentException(text, failure)
        : new IllegalStateException(text, failure);
  }

  private static String reason(Throwable failure) {
    String missing = OptionalDependency.missingKotlin(failure);
    if (missing != null) {
      return "it needs " + missing + " on the class path";
    }
    if (failure instanceof EricException eric) {
      return eric.text();
    }
    if (failure instanceof ClassNotFoundException) {
      return "there is no class " + failure.getMessage() + " on the class path";
    }
    String message = failure.getMessage();
    return message == null || failure instanceof LinkageError ? failure.toString() : message;
  }

  private Future<Void> openSocket(EricOptions settings) {
    if (!settings.isSocketEnabled()) {
      return Future.succeededFuture();
    }
    SocketOptions own = doors.socket(settings.getSocket());
    SocketServer door = new SocketServer(own);
    return open(door)
        .onSuccess(
            opened -> {
              socket = door;
              socketPath = own.getPath();
            })
        .recover(
            e ->
                e instanceof IOException
                    ? StartFailure.of("socket.path", e)
                    : Future.failedFuture(e));
  }

  private Future<Void> openHttp(EricOptions settings) {
    if (!settings.isHttpEnabled()) {
      return Future.succeededFuture();
    }
    HttpOptions http = doors.http(settings.getHttp());
    if (http.getPort() == 0 && http.getInstances() > 1) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "http.instances is "
                  + http.getInstances()
                  + ", it must be 1 with http.port 0: Vert.x gives each a port of its own"));
    }
    warnIfPublic(http.getHost());
    metrics = openMetrics(settings.getMetrics());
    Future<Void> opened = Future.succeededFuture();
    for (int i = 0; i < http.getInstances(); i++) {
      opened = opened.compose(done -> openHttpInstance(http));
    }
    return opened;
  }

  private @Nullable MetricsPage openMetrics(MetricsOptions settings) {
    if (!settings.isEnabled()) {
      return null;
    }
    if (!OptionalDependency.MICROMETER.isPresent()) {
      LOG.info("no /metrics: {} is not there", OptionalDependency.MICROMETER.artifact());
      return null;
    }
    return MetricsPage.open(vertx, settings);
  }

  private Future<Void> openHttpInstance(HttpOptions settings) {
    MetricsPage page = metrics;
    HttpVerticle door = new HttpVerticle(settings, page == null ? null : page::text);
    return open(door)
        .onSuccess(
            opened -> {
              http.add(door);
              httpPort = door.actualPort();
            })
        .recover(StartFailure::ofHttp);
  }

  private Future<Void> open(VerticleBase door) {
    return vertx.deployVerticle(door).onSuccess(children::add).mapEmpty();
  }

  /**
   * Closes everything after a failed start. Vert.x undeploys doors and verticles only later, and
   * channels have to outlive them, so these are undeployed here first.
   */
  private Future<Void> closeAll() {
    Future<Void> closed = Future.succeededFuture();
    for (int i = children.size() - 1; i >= 0; i--) {
      String child = children.get(i);
      closed = closed.eventually(() -> vertx.undeploy(child));
    }
    return closed.eventually(this::closeChannels);
  }

  /**
   * Closes the channels and the store. When the verticle is undeployed, Vert.x has already
   * undeployed doors and verticles, because they are its children.
   */
  private Future<Void> closeChannels() {
    MetricsPage page = metrics;
    metrics = null;
    if (page != null) {
      page.close();
    }
    ChannelContainer container = channels;
    ClusterNode joined = node;
    node = null;
    Future<Void> closed = joined == null ? Future.succeededFuture() : joined.release();
    if (container != null) {
      closed = closed.eventually(container::close);
    }
    if (joined != null) { // what channels still append when they close needs the other nodes
      closed = closed.eventually(joined::leave);
    }
    MessageStore opened = store;
    HubPlace taken = place;
    return (opened == null ? closed : closed.eventually(opened::close))
        .onComplete(
            done -> {
              if (taken != null) {
                taken.leave();
              }
            });
  }

  private static void warnIfPublic(String host) {
    if (!Loopback.isLoopback(host)) {
      LOG.warn(
          "HTTP is bound to {} without authentication: whoever reaches it may read, publish and"
              + " remove",
          host);
    }
  }
}
