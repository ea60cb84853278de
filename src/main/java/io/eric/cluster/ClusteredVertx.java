package io.eric.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.eric.internal.OptionalDependency;
import io.eric.options.ClusterOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the Vert.x of a node.
 *
 * <p>Safe for any thread.
 */
public final class ClusteredVertx {

  private static final Logger logger = LoggerFactory.getLogger(ClusteredVertx.class);

  private static final String LOGGING = "hazelcast.logging.type";

  private ClusteredVertx() {}

  /**
   * Joins the cluster, or founds it.
   *
   * @param vertx what else it shall be like; its event bus is bound to the cluster's host
   * @return fails if Hazelcast cannot start, with {@link IllegalStateException} if it is not there,
   *     with {@link com.hazelcast.core.OperationTimeoutException} if it does not join within 30 s;
   *     nothing of it is left then, and if the cluster only changed meanwhile ({@link
   *     StartAttempts}), it can be started again
   * @throws IllegalArgumentException if other machines could reach it and the settings do not say
   *     that they may
   */
  public static Future<Vertx> start(VertxOptions vertx, ClusterOptions options) {
    try {
      OptionalDependency.HAZELCAST.require("a cluster is asked for");
    } catch (IllegalStateException absent) {
      return Future.failedFuture(absent);
    }
    if (System.getProperty(LOGGING) == null) {
      System.setProperty(LOGGING, "slf4j"); // Hazelcast logs before it has read its configuration
    }
    if (options.getConfig().isEmpty()) {
      vertx.getEventBusOptions().setHost(options.getHost());
    }
    Config config = HazelcastSettings.of(options);
    if (!HazelcastSettings.isOnLoopbackOnly(config)) {
      if (!options.isInsecure()) {
        throw new IllegalArgumentException(refusal(options));
      }
      logger.warn(
          "cluster.insecure is true: the connections between nodes are neither encrypted nor"
              + " authenticated, whoever reaches them may read and destroy everything");
    }
    HazelcastClusterManager manager = new HazelcastClusterManager(config);
    return Joining.awaited(
        Vertx.builder().with(vertx).withClusterManager(manager).buildClustered(),
        () -> terminate(manager.getHazelcastInstance()),
        (seconds, task) ->
            CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(task));
  }

  /** The manager ends only what has joined; anything else would stay a member. */
  private static void terminate(@Nullable HazelcastInstance hazelcast) {
    if (hazelcast != null) {
      hazelcast.getLifecycleService().terminate();
    }
  }

  /** CWE-306: what other machines reach must ask who they are. */
  private static String refusal(ClusterOptions options) {
    return (options.getConfig().isEmpty()
            ? "setting \"cluster.host\": other machines reach " + options.getHost()
            : "setting \"cluster.config\": "
                + options.getConfig()
                + " does not bind to loopback alone, so other machines may reach it")
        + ", and connections between nodes are neither encrypted nor authenticated; in a network"
        + " that only nodes reach, set cluster.insecure to true";
  }
}
