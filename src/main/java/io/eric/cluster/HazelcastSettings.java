package io.eric.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.FileSystemXmlConfig;
import com.hazelcast.config.FileSystemYamlConfig;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import java.io.FileNotFoundException;

/** What Hazelcast is told. */
final class HazelcastSettings {

  /** Who owns which channel: channel id to {@link ChannelRecord}. */
  static final String CHANNELS = "eric.channels";

  /** The logs: {@link LogKey} to bytes. */
  static final String LOG = "eric.log";

  /** The protection of our maps against writes in a minority. */
  static final String PROTECTION = "eric";

  /** Records are few and small, and losing one loses a channel. */
  private static final int RECORD_BACKUPS = 2;

  private static final int PORTS_TRIED = 10;

  private HazelcastSettings() {}

  /** Everything, for a Hazelcast of our own. */
  static Config of(ClusterOptions options) {
    Config config = options.getConfig().isEmpty() ? network(options) : read(options.getConfig());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    // Who does not know whether a backup has it must say so, not "done".
    config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
    vertx(config);
    if (options.getQuorum() > 1
        && !config.getSplitBrainProtectionConfigs().containsKey(PROTECTION)) {
      config.addSplitBrainProtectionConfig(
          new SplitBrainProtectionConfig(PROTECTION, true, options.getQuorum()));
    }
    for (MapConfig map : maps(options, options.getQuorum() > 1)) {
      if (!config.getMapConfigs().containsKey(map.getName())) { // a file may say more
        config.addMapConfig(map);
      }
    }
    return config;
  }

  /** Our maps, also for somebody else's Hazelcast. */
  static MapConfig[] maps(ClusterOptions options, boolean isProtected) {
    MapConfig[] maps = {
      map(CHANNELS, Math.max(RECORD_BACKUPS, options.getBackups())), map(LOG, options.getBackups())
    };
    if (isProtected) {
      for (MapConfig map : maps) {
        map.setSplitBrainProtectionName(PROTECTION);
      }
    }
    return maps;
  }

  private static MapConfig map(String name, int backups) {
    return new MapConfig(name)
        .setBackupCount(backups)
        .setInMemoryFormat(InMemoryFormat.BINARY)
        // What a minority holds is older than what the majority has written since.
        .setMergePolicyConfig(new MergePolicyConfig(DiscardMergePolicy.class.getName(), 100));
  }

  private static Config network(ClusterOptions options) {
    Config config = new Config();
    config.setClusterName(options.getName());
    config.setProperty("hazelcast.socket.bind.any", "false");
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
      options.getMembers().forEach(join.getTcpIpConfig()::addMember);
    }
    config.getMetricsConfig().setEnabled(false);
    return config;
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
