package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How a hub is one of several nodes. Times are in milliseconds. docs/CLUSTER.md explains the
 * settings and where the figures come from.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class ClusterOptions {

  /** When what the nodes have agreed on is forced to their disks. */
  public enum Fsync {
    /**
     * Data is forced before it is acknowledged, so acknowledged messages survive a loss of power at
     * all nodes at a time.
     */
    @JsonProperty("always")
    ALWAYS,
    /**
     * Data is forced a moment after it was acknowledged. A node whose machine was restarted counts
     * its disk as lost and has to be replaced, because it may have forgotten what it has agreed to.
     */
    @JsonProperty("interval")
    INTERVAL
  }

  /** How many nodes a cluster may have: an even number tolerates no more failures than one less. */
  private static final Set<Integer> SIZES = Set.of(1, 2, 3, 5);

  private static final String ALLOWED_SIZES = "1, 2, 3 or 5";

  private boolean enabled;
  private String name = "eric";
  private String host = "127.0.0.1";
  private int port = 5701;
  private List<String> members = List.of();
  private int size;
  private String node = "";
  private int raftPort = 5801;
  private String directory = "";
  private int groups = 3;
  private Fsync fsync = Fsync.ALWAYS;
  private int electionTimeout = 500;
  private int heartbeatInterval = 1_000;
  private int heartbeatTimeout = 5_000;
  private int mergeInterval = 5_000;
  private int rebalanceDelay = 10_000;
  private String config = "";
  private boolean insecure;

  /** Creates options that have the defaults, which say neither who the nodes are nor where. */
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
   * Returns all nodes, this one included, each as {@code host} or {@code host:port}; an IPv6
   * address with a port is written as {@code [address]:port}. The port is where a node's replicas
   * answer, and the next higher one takes the connections for commands and deliveries. There may be
   * 1, 2, 3 or 5. If the list is empty, which is the default, the nodes are on this machine, and
   * {@link #getSize} says how many.
   */
  public List<String> getMembers() {
    return members;
  }

  /** See {@link #getMembers()}. */
  public ClusterOptions setMembers(List<String> members) {
    List<String> copy = List.copyOf(members);
    Range.require(
        copy.isEmpty() || SIZES.contains(copy.size()),
        "members",
        copy,
        "empty or a list of " + ALLOWED_SIZES + " nodes");
    this.members = copy;
    return this;
  }

  /**
   * Returns how many nodes there are if {@link #getMembers} is empty. They are on this machine and
   * share {@link #getDirectory}. 1, 2, 3 and 5 are allowed; of two nodes both are needed for
   * anything. The default is 0, with which the program takes 3, and a node in an application whose
   * members are not named refuses to start.
   */
  public int getSize() {
    return size;
  }

  /** See {@link #getSize()}. */
  public ClusterOptions setSize(int size) {
    Range.require(size == 0 || SIZES.contains(size), "size", size, "0, " + ALLOWED_SIZES);
    this.size = size;
    return this;
  }

  /**
   * Returns this node's name, for a machine whose names and addresses do not tell which of the
   * members it is. It is one of {@link #getMembers} as written there, or the number of a slot if
   * they are empty. The default is empty, which means that the machine tells.
   */
  public String getNode() {
    return node;
  }

  /** See {@link #getNode()}. */
  public ClusterOptions setNode(String node) {
    this.node = Objects.requireNonNull(node, "node");
    return this;
  }

  /**
   * Returns the port of members that are written without one. The range is 1 to 65534, because the
   * next higher port is used too. The default is 5801.
   */
  public int getRaftPort() {
    return raftPort;
  }

  /** See {@link #getRaftPort()}. */
  public ClusterOptions setRaftPort(int raftPort) {
    this.raftPort = Range.between("raftPort", raftPort, 1, 65_534);
    return this;
  }

  /**
   * Returns where the node keeps what the nodes have agreed on: all messages, and who the members
   * are. The directory is created if it is missing, but its parent is not. A relative path is
   * resolved against the working directory. With {@link #getMembers} it belongs to one node, else
   * the nodes of this machine share it. The default is empty, with which the program takes {@code
   * eric-cluster}, and a node in an application refuses to start.
   */
  public String getDirectory() {
    return directory;
  }

  /** See {@link #getDirectory()}. */
  public ClusterOptions setDirectory(String directory) {
    if (Objects.requireNonNull(directory, "directory").isBlank() && !directory.isEmpty()) {
      throw new IllegalArgumentException("directory must not be blank");
    }
    this.directory = directory;
    return this;
  }

  /**
   * Returns into how many groups the channels are divided; the channels of a group have their owner
   * in common. The number is fixed by the first start of the cluster. The range is 1 to 64, the
   * default 3.
   */
  public int getGroups() {
    return groups;
  }

  /** See {@link #getGroups()}. */
  public ClusterOptions setGroups(int groups) {
    this.groups = Range.between("groups", groups, 1, 64);
    return this;
  }

  /** Returns what an acknowledgement means. The default is {@link Fsync#ALWAYS}. */
  public Fsync getFsync() {
    return fsync;
  }

  /** See {@link #getFsync()}. */
  public ClusterOptions setFsync(Fsync fsync) {
    this.fsync = Objects.requireNonNull(fsync, "fsync");
    return this;
  }

  /**
   * Returns how long a node waits for a group's owner before it stands for election; it waits up to
   * twice as long, by chance. A shorter time finds a dead node sooner, a longer one spares a busy
   * machine elections. The range is 100 ms to one minute, the default 500 ms.
   */
  public int getElectionTimeout() {
    return electionTimeout;
  }

  /** See {@link #getElectionTimeout()}. */
  public ClusterOptions setElectionTimeout(int electionTimeout) {
    this.electionTimeout = Range.between("electionTimeout", electionTimeout, 100, 60_000);
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
