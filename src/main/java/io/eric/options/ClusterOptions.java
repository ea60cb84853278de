package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * How a hub is one of several nodes. Times are in milliseconds. See docs/CLUSTER.md; where the
 * figures come from, there too.
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

  /** The defaults: three nodes on this machine. */
  public ClusterOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static ClusterOptions fromJson(JsonObject json) {
    ClusterOptions options = JsonOptions.read(json, ClusterOptions.class);
    atLeast("port", options.port, 1);
    if (options.port > 65_535) {
      throw new IllegalArgumentException("port is " + options.port + ", it must be at most 65535");
    }
    atLeast("quorum", options.quorum, 1);
    atLeast("backups", options.backups, 0);
    if (options.backups > 6) {
      throw new IllegalArgumentException(
          "backups is " + options.backups + ", it must be at most 6");
    }
    atLeast("heartbeatInterval", options.heartbeatInterval, 1_000);
    atLeast("heartbeatTimeout", options.heartbeatTimeout, 2_000);
    atLeast("mergeInterval", options.mergeInterval, 1_000);
    atLeast("rebalanceDelay", options.rebalanceDelay, 0);
    if (options.name.isEmpty()) {
      throw new IllegalArgumentException("name is empty, it must have at least 1 character");
    }
    return options;
  }

  private static void atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** Whether {@code serve} joins a cluster. Default false. An embedded hub does as its Vert.x. */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public ClusterOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
  }

  /** Nodes of one name find each other. Default {@code eric}. */
  public String getName() {
    return name;
  }

  /** Where this node is reached by the others. Default 127.0.0.1: nodes on one machine. */
  public String getHost() {
    return host;
  }

  /** The first port tried for the cluster's own connections; nodes on one host take the next. */
  public int getPort() {
    return port;
  }

  /** Hosts, or {@code host:port}, where other nodes may be; empty, the default: this host. */
  public List<String> getMembers() {
    return members;
  }

  /**
   * How many nodes must see each other for anything to be written. Default 2: three nodes, of which
   * one may fail. 1 serves whatever happens, and a cut network then makes two hubs, of which the
   * smaller one's messages are lost when they meet again.
   */
  public int getQuorum() {
    return quorum;
  }

  /** On how many further nodes each message is before it is acknowledged, 0 to 6. Default 1. */
  public int getBackups() {
    return backups;
  }

  /** How often nodes tell each other that they live, in whole seconds. Default 1 s. */
  public int getHeartbeatInterval() {
    return heartbeatInterval;
  }

  /** A node that was not heard of for so long is taken for dead. Default 5 s. */
  public int getHeartbeatTimeout() {
    return heartbeatTimeout;
  }

  /** How often parts of a cluster that was cut look for each other. Default 5 s. */
  public int getMergeInterval() {
    return mergeInterval;
  }

  /**
   * How long the membership must be unchanged before channels move to where they belong; 0 never
   * moves one that is served. Default 10 s.
   */
  public int getRebalanceDelay() {
    return rebalanceDelay;
  }

  /**
   * A Hazelcast configuration file (YAML or XML) that takes the place of name, host, port, members
   * and the times; empty, the default, for none.
   */
  public String getConfig() {
    return config;
  }

  /**
   * Whether nodes may be bound to addresses that other machines reach. Their connections are
   * neither encrypted nor authenticated: whoever reaches one is a member if it likes, and may read
   * and destroy everything. So it is refused unless the network is the nodes' own, and this says
   * so. Default false.
   */
  public boolean isInsecure() {
    return insecure;
  }
}
