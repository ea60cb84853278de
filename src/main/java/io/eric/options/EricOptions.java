package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All settings of a hub. As JSON:
 *
 * <pre>{@code
 * {
 *   "http":     {"enabled": true, "port": 8080, ...},  // HttpOptions
 *   "socket":   {"enabled": true, "path": ...},        // SocketOptions
 *   "channel":  {"overflow": "gap", ...},              // SSEChannelOptions of new channels
 *   "channels": {"news": {"listeners": ["desk"], "overflow": "wait"}},
 *   "verticles": {"chat": {"verticle": "js:verticles/js/chat.mjs", "instances": 1,
 *                          "isolation": "worker", "config": {...}}},
 *   "js":       {"busyLimit": 10000},                  // JsOptions, of verticles in JavaScript
 *   "store":    {"type": "memory", "file": {...}},     // where messages are kept
 *   "logs":     {"maxBytes": 0, "maxChannels": 0},     // LogsOptions, of all channels together
 *   "metrics":  {"enabled": true},                     // MetricsOptions
 *   "cluster":  {"enabled": false, ...},              // ClusterOptions; true is short for the defaults
 *   "server":   {"eventLoops": 0},                     // of the command "serve" only
 *   "shutdown": {"drain": 2000, "timeout": 10000}
 * }
 * }</pre>
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class EricOptions {

  private static final List<String> SECTIONS =
      List.of(
          "http",
          "socket",
          "channel",
          "channels",
          "verticles",
          "js",
          "store",
          "logs",
          "metrics",
          "cluster",
          "server",
          "shutdown");

  /** The one channel option that has no default for all channels, since each has its own. */
  private static final String ID = "id";

  private Door httpDoor = new Door();
  private HttpOptions http = new HttpOptions();
  private Door socketDoor = new Door();
  private SocketOptions socket = new SocketOptions();
  private SSEChannelOptions channel = new SSEChannelOptions();
  private Map<String, PredefinedChannel> channels = Map.of();
  private Map<String, PredefinedVerticle> verticles = Map.of();
  private JsOptions js = new JsOptions();
  private StoreOptions store = new StoreOptions();
  private LogsOptions logs = new LogsOptions();
  private MetricsOptions metrics = new MetricsOptions();
  private ClusterOptions cluster = new ClusterOptions();
  private ServerOptions server = new ServerOptions();
  private ShutdownOptions shutdown = new ShutdownOptions();

  /** Creates options that have the defaults: both doors, on this machine only, and no channels. */
  public EricOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming, by its path, what is unknown, ill-typed or out of
   *     range
   */
  public EricOptions(JsonObject json) {
    Section top = Section.top(withClusterAsObject(json));
    refuseUnknown(top);
    Section httpSection = top.under("http");
    httpDoor = httpSection.read(Door::read, Door.KEYS);
    http = httpSection.readOthers(HttpOptions::new, Door.KEYS);
    Section socketSection = top.under("socket");
    socketDoor = socketSection.read(Door::read, Door.KEYS);
    socket = socketSection.readOthers(SocketOptions::new, Door.KEYS);
    channel = top.under("channel").readOthers(EricOptions::channelWithoutId);
    js = top.under("js").readOthers(JsOptions::new);
    store = top.under("store").readOthers(StoreOptions::new);
    logs = top.under("logs").readOthers(LogsOptions::new);
    metrics = top.under("metrics").readOthers(MetricsOptions::new);
    cluster = top.under("cluster").readOthers(ClusterOptions::new);
    server = top.under("server").readOthers(ServerOptions::new);
    shutdown = top.under("shutdown").readOthers(ShutdownOptions::new);
    channels = channels(top.under("channels"));
    verticles = top.under("verticles").readEach(PredefinedVerticle::new);
    checkStalls();
  }

  /** Copies options. */
  public EricOptions(EricOptions other) {
    this(other.toJson());
    metrics = new MetricsOptions(other.metrics); // whether they were asked for is not in JSON
  }

  /**
   * Reads the settings from this process's environment, as {@code serve} does: {@code
   * ERIC_HTTP_PORT=0} sets {@code http.port} to 0. Absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming the variable that is no setting, or the setting that is
   *     ill-typed or out of range
   */
  public static EricOptions fromEnvironment() {
    return new EricOptions(EnvironmentSettings.read(System.getenv()));
  }

  /**
   * Returns all settings, defaults included. So a hub that gets its settings from this JSON does
   * not start without Micrometer, unless {@code metrics.enabled} is false or removed from it: the
   * JSON {@linkplain MetricsOptions#isAsked() asks for} metrics. A hub that gets these options
   * themselves does start.
   */
  public JsonObject toJson() {
    JsonObject predefined = new JsonObject();
    channels.forEach((id, each) -> predefined.put(id, each.toJson()));
    JsonObject deployed = new JsonObject();
    verticles.forEach((name, each) -> deployed.put(name, each.toJson()));
    return new JsonObject()
        .put("http", JsonOptions.write(httpDoor).mergeIn(http.toJson()))
        .put("socket", JsonOptions.write(socketDoor).mergeIn(socket.toJson()))
        .put("channel", withoutId(channel.toJson()))
        .put("channels", predefined)
        .put("verticles", deployed)
        .put("js", js.toJson())
        .put("store", store.toJson())
        .put("logs", logs.toJson())
        .put("metrics", metrics.toJson())
        .put("cluster", cluster.toJson())
        .put("server", server.toJson())
        .put("shutdown", shutdown.toJson());
  }

  /** Expands {@code "cluster": true}, which is short for a cluster with the defaults. */
  private static JsonObject withClusterAsObject(JsonObject json) {
    return json.getValue("cluster") instanceof Boolean enabled
        ? json.copy().put("cluster", new JsonObject().put("enabled", enabled))
        : json;
  }

  /** Refuses a stall in which a publisher's attempt would time out before its acknowledgement. */
  private void checkStalls() {
    checkStall("channel", channel.getPublishStall());
    channels.forEach(
        (id, each) -> {
          Long stall = each.options().getLong("publishStall");
          if (stall != null) {
            checkStall("channels." + id, stall);
          }
        });
  }

  private void checkStall(String channel, long stall) {
    checkStall(channel, stall, "http", http.publishTimeouts().attempt());
    checkStall(channel, stall, "socket", socket.publishTimeouts().attempt());
  }

  private static void checkStall(String channel, long stall, String door, long attempt) {
    if (stall >= attempt) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s.publishStall is %d, it must be less than %s.attemptTimeout: %d",
              channel,
              stall,
              door,
              attempt));
    }
  }

  private static void refuseUnknown(Section top) {
    for (String key : top.keys()) {
      if (!SECTIONS.contains(key)) {
        throw new UnknownSettingException(List.of(key), SECTIONS);
      }
    }
  }

  /** Reads options of a channel that do not name it. */
  static SSEChannelOptions channelWithoutId(JsonObject json) {
    if (json.containsKey(ID)) {
      throw new IllegalArgumentException(
          "setting \"" + ID + "\": each channel has its own, so there is no default for it");
    }
    return new SSEChannelOptions(json);
  }

  private static Map<String, PredefinedChannel> channels(Section section) {
    section.keys().forEach(id -> PredefinedChannel.checkId("channels", id));
    return section.readEach(PredefinedChannel::new);
  }

  private static JsonObject withoutId(JsonObject json) {
    json.remove(ID);
    return json;
  }

  /** Returns whether HTTP is served. The default is true. */
  public boolean isHttpEnabled() {
    return httpDoor.enabled;
  }

  /** See {@link #isHttpEnabled()}. */
  public EricOptions setHttpEnabled(boolean enabled) {
    httpDoor.enabled = enabled;
    return this;
  }

  /** Returns how HTTP is served. The default is that of {@link HttpOptions}. */
  public HttpOptions getHttp() {
    return http;
  }

  /** See {@link #getHttp()}. */
  public EricOptions setHttp(HttpOptions http) {
    this.http = http;
    return this;
  }

  /** Returns whether the Unix socket is served. The default is true. */
  public boolean isSocketEnabled() {
    return socketDoor.enabled;
  }

  /** See {@link #isSocketEnabled()}. */
  public EricOptions setSocketEnabled(boolean enabled) {
    socketDoor.enabled = enabled;
    return this;
  }

  /** Returns how the Unix socket is served. The default is that of {@link SocketOptions}. */
  public SocketOptions getSocket() {
    return socket;
  }

  /** See {@link #getSocket()}. */
  public EricOptions setSocket(SocketOptions socket) {
    this.socket = socket;
    return this;
  }

  /**
   * Returns the options of new channels, which a channel's creator may override. The default is
   * that of {@link SSEChannelOptions}; the id is not set.
   */
  public SSEChannelOptions getChannel() {
    return channel;
  }

  /** See {@link #getChannel()}. */
  public EricOptions setChannel(SSEChannelOptions channel) {
    this.channel = channel;
    return this;
  }

  /**
   * Returns the channels that exist from the start, by id, in the order in which they are created.
   * The default is none.
   */
  public Map<String, PredefinedChannel> getChannels() {
    return channels;
  }

  /** See {@link #getChannels()}. */
  public EricOptions setChannels(Map<String, PredefinedChannel> channels) {
    this.channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    return this;
  }

  /** Returns how verticles in JavaScript are run. The default is that of {@link JsOptions}. */
  public JsOptions getJs() {
    return js;
  }

  /** See {@link #getJs()}. */
  public EricOptions setJs(JsOptions js) {
    this.js = js;
    return this;
  }

  /** Returns where messages are kept. The default is that of {@link StoreOptions}: in memory. */
  public StoreOptions getStore() {
    return store;
  }

  /** See {@link #getStore()}. */
  public EricOptions setStore(StoreOptions store) {
    this.store = store;
    return this;
  }

  /** Returns what all logs together may use. The default is that of {@link LogsOptions}. */
  public LogsOptions getLogs() {
    return logs;
  }

  /** See {@link #getLogs()}. */
  public EricOptions setLogs(LogsOptions logs) {
    this.logs = logs;
    return this;
  }

  /**
   * Returns whether {@code /metrics} exists and what it shows. The default is that of {@link
   * MetricsOptions}.
   */
  public MetricsOptions getMetrics() {
    return metrics;
  }

  /** See {@link #getMetrics()}. */
  public EricOptions setMetrics(MetricsOptions metrics) {
    this.metrics = metrics;
    return this;
  }

  /**
   * Returns the verticles that run beside the hub, by names that the configuration chooses, in the
   * order in which they are deployed. The default is none.
   */
  public Map<String, PredefinedVerticle> getVerticles() {
    return verticles;
  }

  /** See {@link #getVerticles()}. */
  public EricOptions setVerticles(Map<String, PredefinedVerticle> verticles) {
    this.verticles = Collections.unmodifiableMap(new LinkedHashMap<>(verticles));
    return this;
  }

  /**
   * Returns how the hub is one of several nodes. The default is that of {@link ClusterOptions}: it
   * is not.
   */
  public ClusterOptions getCluster() {
    return cluster;
  }

  /** See {@link #getCluster()}. */
  public EricOptions setCluster(ClusterOptions cluster) {
    this.cluster = cluster;
    return this;
  }

  /**
   * Returns what {@code serve} runs the hub on; an embedded hub does not use it. The default is
   * that of {@link ServerOptions}.
   */
  public ServerOptions getServer() {
    return server;
  }

  /** See {@link #getServer()}. */
  public EricOptions setServer(ServerOptions server) {
    this.server = server;
    return this;
  }

  /** Returns how the hub goes down. The default is that of {@link ShutdownOptions}. */
  public ShutdownOptions getShutdown() {
    return shutdown;
  }

  /** See {@link #getShutdown()}. */
  public EricOptions setShutdown(ShutdownOptions shutdown) {
    this.shutdown = shutdown;
    return this;
  }

  /** The setting that stands beside a door's own: it says whether the door exists. */
  private static final class Door {
    private static final String KEYS = "enabled";

    private boolean enabled = true;

    private static Door read(JsonObject json) {
      return JsonOptions.read(json, new Door());
    }
  }
}
