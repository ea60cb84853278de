package io.eric.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.eric.RepositoryException;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.ClusterOptions;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/** A Hazelcast of one member, without a network. */
public final class HazelcastForTests implements AutoCloseable {

  private final HazelcastInstance hazelcast;
  private final AtomicLong term = new AtomicLong();
  private long run;
  private Vertx lastVertx;

  /** Starts it. */
  public HazelcastForTests() {
    Config config =
        HazelcastSettings.of(
            new ClusterOptions(new JsonObject().put("quorum", 1).put("backups", 0)));
    config.setClusterName("store" + ProcessHandle.current().pid());
    config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().setEnabled(false);
    hazelcast = Hazelcast.newHazelcastInstance(config);
  }

  /** The map of logs. */
  IMap<LogKey, byte[]> map() {
    return hazelcast.getMap(HazelcastSettings.LOG);
  }

  /** A store whose every log is a new ownership; another test's Vert.x finds nothing. */
  public MessageStore store(Vertx vertx) {
    if (vertx != lastVertx) {
      lastVertx = vertx;
      run++;
    }
    String prefix = "run" + run + '.';
    return new MessageStore() {
      private boolean closed;

      @Override
      public Future<MessageLog> open(String channelId, RetentionOptions retention) {
        if (closed) {
          return Future.failedFuture(new RepositoryException("the store is closed", null));
        }
        return new HazelcastStore(vertx, map(), term.incrementAndGet(), () -> true, () -> {})
            .open(prefix + channelId, retention);
      }

      @Override
      public Future<Void> close() {
        closed = true;
        return Future.succeededFuture();
      }
    };
  }

  /** A store of one ownership. */
  HazelcastStore store(Vertx vertx, long ofTerm, Runnable lost) {
    return new HazelcastStore(vertx, map(), ofTerm, () -> true, lost);
  }

  @Override
  public void close() {
    hazelcast.shutdown();
  }
}
