package io.eric.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.FileSystemXmlConfig;
import com.hazelcast.config.FileSystemYamlConfig;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.ProtocolType;
import io.eric.options.ClusterOptions;
import java.io.FileNotFoundException;

/**
 * What Hazelcast is told. It carries the clustered event bus of Vert.x, and nothing of the hub's:
 * channels and their logs are the groups'.
 */
final class HazelcastSettings {

  private static final int PORTS_TRIED = 10;

  private static final String BIND_ANY = "hazelcast.socket.bind.any";

  private HazelcastSettings() {}

  /** Everything, for a Hazelcast of our own. */
  static Config of(ClusterOptions options) {
    Config config = options.getConfig().isEmpty() ? network(options) : read(options.getConfig());
    closeToClients(config, options);
    admitOnly(config.getSerializationConfig());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    // Until it has joined there is no Hazelcast to end, so it has to give up by itself; a little
    // later than we do, so that it is known for what it is, and the start repeated.
    config.setProperty(
        "hazelcast.max.join.seconds", Integer.toString(Joining.DEADLINE_SECONDS + 1));
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    vertx(config);
    return config;
  }

  private static Config network(ClusterOptions options) {
    Config config = new Config();
    config.setClusterName(options.getName());
    config.setProperty(BIND_ANY, "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.tcp.join.port.try.count", Integer.toString(PORTS_TRIED));
    config.setProperty(
        "hazelcast.heartbeat.interval.seconds", seconds(options.getHeartbeatInterval()));
    config.setProperty(
        "hazelcast.max.no.heartbeat.seconds", seconds(options.getHeartbeatTimeout()));
    config.setProperty("hazelcast.connection.monitor.interval", "10");
    config.setProperty("hazelcast.connection.monitor.max.faults", "1");
    config.setProperty(
        "hazelcast.merge.first.run.delay.seconds", seconds(options.getMergeInterval()));
    config.setProperty(
        "hazelcast.merge.next.run.delay.seconds", seconds(options.getMergeInterval()));
    config.setProperty("hazelcast.partition.count", "71");
    config
        .getNetworkConfig()
        .setPort(options.getPort())
        .setPortAutoIncrement(true)
        .setPublicAddress(null)
        .getInterfaces()
        .setEnabled(true)
        .addInterface(options.getHost());
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(2);
    if (options.getMembers().isEmpty()) {
      join.getTcpIpConfig().addMember(options.getHost());
    } else {
      options.getMembers().forEach(each -> join.getTcpIpConfig().addMember(hostOf(each)));
    }
    config.getMetricsConfig().setEnabled(false);
    return config;
  }

  /** Returns the host of a member, whose port is not Hazelcast's. */
  private static String hostOf(String member) {
    int colon = member.indexOf(':');
    // An address of IPv6 has several; with a port it is in brackets.
    if (member.startsWith("[")) {
      return member.substring(1, member.indexOf(']'));
    }
    return colon >= 0 && colon == member.lastIndexOf(':') ? member.substring(0, colon) : member;
  }

  /**
   * Leaves an endpoint for members only. Hazelcast's ordinary network serves members and clients on
   * one port, and a client may read and destroy every map without a word of authentication
   * (CWE-306).
   */
  private static void closeToClients(Config config, ClusterOptions options) {
    AdvancedNetworkConfig advanced = config.getAdvancedNetworkConfig();
    if (advanced.isEnabled()) {
      if (!options.isInsecure() && hasMoreThanMembers(advanced)) {
        throw new IllegalArgumentException(
            "setting \"cluster.config\": "
                + options.getConfig()
                + " opens an endpoint that is not for members, where whoever reaches it may read"
                + " and destroy everything; take it out, or set cluster.insecure to true");
      }
      return;
    }
    NetworkConfig plain = config.getNetworkConfig();
    ServerSocketEndpointConfig members = new ServerSocketEndpointConfig();
    members
        .setPort(plain.getPort())
        .setPortCount(plain.getPortCount())
        .setPortAutoIncrement(plain.isPortAutoIncrement())
        .setReuseAddress(plain.isReuseAddress())
        .setPublicAddress(plain.getPublicAddress())
        .setOutboundPorts(plain.getOutboundPorts())
        .setOutboundPortDefinitions(plain.getOutboundPortDefinitions())
        .setInterfaces(plain.getInterfaces())
        .setSocketInterceptorConfig(plain.getSocketInterceptorConfig())
        .setSSLConfig(plain.getSSLConfig());
    advanced
        .setEnabled(true)
        .setMemberEndpointConfig(members)
        .setJoin(plain.getJoin())
        .setMemberAddressProviderConfig(plain.getMemberAddressProviderConfig())
        .setIcmpFailureDetectorConfig(plain.getIcmpFailureDetectorConfig());
  }

  /** Whether it can be reached by others than members. */
  static boolean hasMoreThanMembers(AdvancedNetworkConfig advanced) {
    return !advanced.isEnabled()
        || advanced.getEndpointConfigs().keySet().stream()
            .anyMatch(endpoint -> endpoint.getType() != ProtocolType.MEMBER);
  }

  /** Whether other machines cannot reach it. */
  static boolean isOnLoopbackOnly(Config config) {
    EndpointConfig members =
        config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
    InterfacesConfig interfaces =
        members == null ? new InterfacesConfig() : members.getInterfaces();
    // Without the property it listens everywhere, whatever interface it shows to others.
    return "false".equals(config.getProperty(BIND_ANY))
        && interfaces.isEnabled()
        && !interfaces.getInterfaces().isEmpty()
        && interfaces.getInterfaces().stream().allMatch(HazelcastSettings::isLoopback);
  }

  /** Whether an address is one that other machines cannot reach. */
  static boolean isLoopback(String host) {
    return host.startsWith("127.")
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1")
        || host.equalsIgnoreCase("localhost");
  }

  /**
   * Lets nothing be deserialised but what nodes send each other: our classes, Hazelcast's, those of
   * the event bus, and plain values. Anything else in the class path may do what its author never
   * thought of when it is made out of bytes (CWE-502).
   */
  private static void admitOnly(SerializationConfig serialization) {
    if (serialization.getJavaSerializationFilterConfig() != null) {
      return; // a file says more
    }
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    filter
        .getWhitelist()
        .addPrefixes("com.hazelcast.", "io.vertx.spi.cluster.hazelcast.", "[")
        .addPackages("java.lang", "java.util", "java.util.concurrent")
        .addClasses("java.io.IOException", "java.io.EOFException");
    serialization.setJavaSerializationFilterConfig(filter);
  }

  private static Config read(String file) {
    try {
      return file.endsWith(".xml") ? new FileSystemXmlConfig(file) : new FileSystemYamlConfig(file);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException("setting \"cluster.config\": there is no " + file, e);
    }
  }

  /** The structures that the event bus needs. */
  private static void vertx(Config config) {
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs").setBackupCount(1).setValueCollectionType("SET"));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }

  private static String seconds(int milliseconds) {
    return Integer.toString(Math.max(1, Math.round(milliseconds / 1000f)));
  }
}
