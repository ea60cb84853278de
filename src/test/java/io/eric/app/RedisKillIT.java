package io.eric.app;

import io.eric.testing.RedisServer;
import io.eric.testing.RequiresCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose logs are in Redis, killed without warning. */
@RequiresCommand("redis-server")
class RedisKillIT {

  @TempDir private Path dir;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aKilledHubLosesNothingAndRepeatsNothing() throws Exception {
    kill(5);
  }

  @Test
  @Tag("soak")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void aHubKilledFiftyTimesLosesNothingAndRepeatsNothing() throws Exception {
    kill(50);
  }

  private void kill(int times) throws Exception {
    Path data = Files.createDirectory(dir.resolve("redis"));
    long seed = System.nanoTime();
    try (RedisServer redis = RedisServer.keepingAll(data);
        KillTrial trial = new KillTrial(dir, settings(redis), seed)) {
      trial.run(times);
      System.err.println("killed " + times + " times (seed " + seed + "): " + trial.summary());
    }
  }

  private Map<String, String> settings(RedisServer redis) {
    return Map.of(
        "ERIC_STORE_TYPE", "redis",
        "ERIC_STORE_REDIS_URI", redis.uri(),
        "ERIC_SOCKET_ENABLED", "false");
  }
}
