package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * How a hub is one of several nodes. Times are in milliseconds. docs/CLUSTER.md explains the
 * settings and where the figures come from.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class ClusterOptions {

  private boolean enabled;
  private String name = "eric";
  private String host = "127.0.0.1";
  private int port = 5701;
  private List<String> members = List.of();
  private int quorum = 2;
  private int backups = 1;
  private int heartbeatInterval = 1_000;
  private int heartbeatTimeout = 5_000;
  private int mergeInterval = 5_000;
  private int rebalanceDelay = 10_000;
  private String config = "";
  private boolean insecure;

  /** Creates options that have the defaults: three nodes on this machine. */
  public ClusterOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public ClusterOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public ClusterOptions(ClusterOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns whether {@code serve} joins a cluster; an embedded hub is clustered if its Vert.x is.
   * The default is false.
   */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public ClusterOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
  }

  /**
   * Returns the cluster's name, which is not empty. Nodes with the same name find each other. The
   * default is {@code eric}.
   */
  public String getName() {
    return name;
  }

  /** See {@link #getName()}. */
  public ClusterOptions setName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name is empty, it must have at least 1 character");
    }
    this.name = name;
    return this;
  }

  /**
   * Returns the address at which the other nodes reach this one. The default is 127.0.0.1, for
   * nodes on one machine.
   */
  public String getHost() {
    return host;
  }

  /** See {@link #getHost()}. */
  public ClusterOptions setHost(String host) {
    this.host = host;
    return this;
  }

  /**
   * Returns the first port that is tried for the cluster's own connections; further nodes on one
   * host take the next ones. The range is 1 to 65535, the default 5701.
   */
  public int getPort() {
    return port;
  }

  /** See {@link #getPort()}. */
  public ClusterOptions setPort(int port) {
    this.port = Range.atMost("port", Range.atLeast("port", port, 1), 65_535);
    return this;
  }

  /**
   * Returns the places where other nodes may be, each as {@code host} or {@code host:port}. If the
   * list is empty, which is the default, they are expected on this host.
   */
  public List<String> getMembers() {
    return members;
  }

  /** See {@link #getMembers()}. */
  public ClusterOptions setMembers(List<String> members) {
    this.members = List.copyOf(members);
    return this;
  }

  /**
   * Returns how many nodes must see each other for anything to be written. With 1, a node always
   * serves, and a cut network makes two hubs; the messages of the smaller one are lost when they
   * meet again. The minimum is 1. The default is 2, for three nodes of which one may fail.
   */
  public int getQuorum() {
    return quorum;
  }

  /** See {@link #getQuorum()}. */
  public ClusterOptions setQuorum(int quorum) {
    this.quorum = Range.atLeast("quorum", quorum, 1);
    return this;
  }

  /**
   * Returns on how many further nodes each message is stored before it is acknowledged. The range
   * is 0 to 6, the default 1.
   */
  public int getBackups() {
    return backups;
  }

  /** See {@link #getBackups()}. */
  public ClusterOptions setBackups(int backups) {
    this.backups = Range.atMost("backups", Range.atLeast("backups", backups, 0), 6);
    return this;
  }

  /**
   * Returns how often nodes tell each other that they live; only whole seconds count. The range is
   * 1000 ms to one week, the default 1 s.
   */
  public int getHeartbeatInterval() {
    return heartbeatInterval;
  }

  /** See {@link #getHeartbeatInterval()}. */
  public ClusterOptions setHeartbeatInterval(int heartbeatInterval) {
    this.heartbeatInterval =
        Range.between("heartbeatInterval", heartbeatInterval, 1_000, Range.ONE_WEEK_MS);
    return this;
  }

  /**
   * Returns how long a node may be silent before it is considered dead. The range is 2000 ms to one
   * week, the default 5 s.
   */
  public int getHeartbeatTimeout() {
    return heartbeatTimeout;
  }

  /** See {@link #getHeartbeatTimeout()}. */
  public ClusterOptions setHeartbeatTimeout(int heartbeatTimeout) {
    this.heartbeatTimeout =
        Range.between("heartbeatTimeout", heartbeatTimeout, 2_000, Range.ONE_WEEK_MS);
    return this;
  }

  /**
   * Returns how often the parts of a cluster that was cut look for each other. The range is 1000 ms
   * to one week, the default 5 s.
   */
  public int getMergeInterval() {
    return mergeInterval;
  }

  /** See {@link #getMergeInterval()}. */
  public ClusterOptions setMergeInterval(int mergeInterval) {
    this.mergeInterval = Range.between("mergeInterval", mergeInterval, 1_000, Range.ONE_WEEK_MS);
    return this;
  }

  /**
   * Returns how long the membership must be unchanged before channels move to the nodes where they
   * belong; with 0, a channel that is served never moves. The range is 0 to one week, the default
   * 10 s.
   */
  public int getRebalanceDelay() {
    return rebalanceDelay;
  }

  /** See {@link #getRebalanceDelay()}. */
  public ClusterOptions setRebalanceDelay(int rebalanceDelay) {
    this.rebalanceDelay = Range.between("rebalanceDelay", rebalanceDelay, 0, Range.ONE_WEEK_MS);
    return this;
  }

  /**
   * Returns a Hazelcast configuration file (YAML or XML), which replaces the name, the host, the
   * port, the members and the times. The default is empty, which means no file.
   */
  public String getConfig() {
    return config;
  }

  /** See {@link #getConfig()}. */
  public ClusterOptions setConfig(String config) {
    this.config = config;
    return this;
  }

  /**
   * Returns whether nodes may be bound to addresses that other machines reach. Their connections
   * are neither encrypted nor authenticated, so every machine that reaches one can become a member
   * and read and destroy everything. Such an address is therefore refused unless this setting
   * states that the network belongs to the nodes alone. The default is false.
   */
  public boolean isInsecure() {
    return insecure;
  }

  /** See {@link #isInsecure()}. */
  public ClusterOptions setInsecure(boolean insecure) {
    this.insecure = insecure;
    return this;
  }
}
