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

  /** The one channel option that is no default for others: each channel has its own. */
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

  /** The defaults: both doors open on this machine only, and no channels. */
  public EricOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming, by its path, what is unknown, ill-typed or out of
   *     range
   */
  public static EricOptions fromJson(JsonObject json) {
    Section top = Section.top(withClusterAsObject(json));
    refuseUnknown(top);
    EricOptions options = new EricOptions();
    Section http = top.under("http");
    options.httpDoor = http.read(Door::fromJson, Door.KEYS);
    options.http = http.readOthers(HttpOptions::fromJson, Door.KEYS);
    Section socket = top.under("socket");
    options.socketDoor = socket.read(Door::fromJson, Door.KEYS);
    options.socket = socket.readOthers(SocketOptions::fromJson, Door.KEYS);
    options.channel = top.under("channel").readOthers(EricOptions::channelDefaults);
    options.js = top.under("js").readOthers(JsOptions::fromJson);
    options.store = StoreOptions.read(top.under("store"));
    options.logs = top.under("logs").readOthers(LogsOptions::fromJson);
    options.metrics = top.under("metrics").readOthers(MetricsOptions::fromJson);
    options.cluster = top.under("cluster").readOthers(ClusterOptions::fromJson);
    options.server = top.under("server").readOthers(ServerOptions::fromJson);
    options.shutdown = top.under("shutdown").readOthers(ShutdownOptions::fromJson);
    options
        .setChannels(channels(top.under("channels")))
        .setVerticles(verticles(top.under("verticles")));
    options.checkStalls();
    return options;
  }

  /**
   * The settings that this process's environment has, as {@code serve} reads them: {@code
   * ERIC_HTTP_PORT=0} is {@code http.port}. Absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming the variable that is no setting, or the setting that is
   *     ill-typed or out of range
   */
  public static EricOptions fromEnvironment() {
    return fromJson(EnvironmentSettings.read(System.getenv()));
  }

  /** All settings, defaults included. */
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

  /** {@code "cluster": true} is short for its defaults. */
  private static JsonObject withClusterAsObject(JsonObject json) {
    return json.getValue("cluster") instanceof Boolean enabled
        ? json.copy().put("cluster", new JsonObject().put("enabled", enabled))
        : json;
  }

  /** A held acknowledgement must reach a publisher before its attempt times out. */
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

  private static SSEChannelOptions channelDefaults(JsonObject json) {
    if (json.containsKey(ID)) {
      throw new IllegalArgumentException(
          "setting \"" + ID + "\": each channel has its own, so there is no default for it");
    }
    return SSEChannelOptions.fromJson(json);
  }

  private static Map<String, PredefinedChannel> channels(Section section) {
    Map<String, PredefinedChannel> channels = new LinkedHashMap<>();
    for (String id : section.keys()) {
      PredefinedChannel.checkId("channels", id);
      Section channel = section.under(id);
      channels.put(
          id,
          new PredefinedChannel(
              channel.readOthers(EricOptions::checkedOptions, PredefinedChannel.LISTENERS),
              channel.read(PredefinedChannel::listeners, PredefinedChannel.LISTENERS)));
    }
    return channels;
  }

  private static Map<String, PredefinedVerticle> verticles(Section section) {
    Map<String, PredefinedVerticle> verticles = new LinkedHashMap<>();
    for (String name : section.keys()) {
      verticles.put(name, PredefinedVerticle.read(section.under(name)));
    }
    return verticles;
  }

  private static JsonObject checkedOptions(JsonObject json) {
    channelDefaults(json);
    return json;
  }

  private static JsonObject withoutId(JsonObject json) {
    json.remove(ID);
    return json;
  }

  /** Whether HTTP is served. Default true. */
  public boolean isHttpEnabled() {
    return httpDoor.enabled;
  }

  /** See {@link #isHttpEnabled()}. */
  public EricOptions setHttpEnabled(boolean enabled) {
    httpDoor.enabled = enabled;
    return this;
  }

  /** How HTTP is served. */
  public HttpOptions getHttp() {
    return http;
  }

  /** See {@link #getHttp()}. */
  public EricOptions setHttp(HttpOptions http) {
    this.http = http;
    return this;
  }

  /** Whether the Unix socket is served. Default true. */
  public boolean isSocketEnabled() {
    return socketDoor.enabled;
  }

  /** See {@link #isSocketEnabled()}. */
  public EricOptions setSocketEnabled(boolean enabled) {
    socketDoor.enabled = enabled;
    return this;
  }

  /** How the Unix socket is served. */
  public SocketOptions getSocket() {
    return socket;
  }

  /** See {@link #getSocket()}. */
  public EricOptions setSocket(SocketOptions socket) {
    this.socket = socket;
    return this;
  }

  /** What a new channel has unless its creator says otherwise. */
  public SSEChannelOptions getChannel() {
    return channel;
  }

  /** See {@link #getChannel()}. */
  public EricOptions setChannel(SSEChannelOptions channel) {
    this.channel = channel;
    return this;
  }

  /** The channels that exist from the start, by id, in the order in which they are created. */
  public Map<String, PredefinedChannel> getChannels() {
    return channels;
  }

  /** See {@link #getChannels()}. */
  public EricOptions setChannels(Map<String, PredefinedChannel> channels) {
    this.channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    return this;
  }

  /** How verticles in JavaScript are run. */
  public JsOptions getJs() {
    return js;
  }

  /** See {@link #getJs()}. */
  public EricOptions setJs(JsOptions js) {
    this.js = js;
    return this;
  }

  /** Where messages are kept. */
  public StoreOptions getStore() {
    return store;
  }

  /** See {@link #getStore()}. */
  public EricOptions setStore(StoreOptions store) {
    this.store = store;
    return this;
  }

  /** What all logs together may use. */
  public LogsOptions getLogs() {
    return logs;
  }

  /** See {@link #getLogs()}. */
  public EricOptions setLogs(LogsOptions logs) {
    this.logs = logs;
    return this;
  }

  /** Whether and what {@code /metrics} shows. */
  public MetricsOptions getMetrics() {
    return metrics;
  }

  /** See {@link #getMetrics()}. */
  public EricOptions setMetrics(MetricsOptions metrics) {
    this.metrics = metrics;
    return this;
  }

  /** The verticles that run beside the hub, by a name of your choice, in order of deployment. */
  public Map<String, PredefinedVerticle> getVerticles() {
    return verticles;
  }

  /** See {@link #getVerticles()}. */
  public EricOptions setVerticles(Map<String, PredefinedVerticle> verticles) {
    this.verticles = Collections.unmodifiableMap(new LinkedHashMap<>(verticles));
    return this;
  }

  /** How the hub is one of several nodes. */
  public ClusterOptions getCluster() {
    return cluster;
  }

  /** See {@link #getCluster()}. */
  public EricOptions setCluster(ClusterOptions cluster) {
    this.cluster = cluster;
    return this;
  }

  /** What {@code serve} runs the hub on; an embedded hub does not use it. */
  public ServerOptions getServer() {
    return server;
  }

  /** See {@link #getServer()}. */
  public EricOptions setServer(ServerOptions server) {
    this.server = server;
    return this;
  }

  /** How the hub goes down. */
  public ShutdownOptions getShutdown() {
    return shutdown;
  }

  /** See {@link #getShutdown()}. */
  public EricOptions setShutdown(ShutdownOptions shutdown) {
    this.shutdown = shutdown;
    return this;
  }

  /** What stands beside a door's own options: it has to be known before there is a door. */
  private static final class Door {
    private static final String KEYS = "enabled";

    private boolean enabled = true;

    private static Door fromJson(JsonObject json) {
      return JsonOptions.read(json, Door.class);
    }
  }
}
