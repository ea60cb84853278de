package io.eric.bench;

import io.eric.Payload;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.log.redis.RedisStore;
import io.eric.options.RedisStoreOptions;
import io.eric.options.RetentionOptions;
import io.eric.testing.AllRead;
import io.eric.testing.RedisServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Appends of 200-byte messages to one channel, one batch in flight, trimmed as they come: memory
 * beside a Redis of the benchmark's own. {@code java ... RedisStoreBenchmark [rounds] [seconds]}.
 * Redis, hub and benchmark share the machine, so what else runs there is in the figures: read the
 * spread before the median.
 */
public final class RedisStoreBenchmark {

  private static final Payload PAYLOAD = Payload.of("x".repeat(200));
  private static final int[] BATCHES = {1, 64, 1024};

  private RedisStoreBenchmark() {}

  /** Prints a line per store and batch size. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    Vertx vertx = Vertx.vertx();
    run(vertx, "memory", MemoryStore.create(), rounds, seconds);
    for (String fsync : List.of("no", "everysec", "always")) {
      Path dir = Files.createTempDirectory("eric-redis-bench");
      try (RedisServer server =
          RedisServer.start(dir, "--appendonly", "yes", "--appendfsync", fsync, "--save", "")) {
        RedisStoreOptions options = new RedisStoreOptions().setUri(server.uri()).setTimeout(30_000);
        run(
            vertx,
            "redis, appendfsync " + fsync,
            RedisStore.create(vertx, options),
            rounds,
            seconds);
      }
    }
    vertx.close().await();
  }

  private static void run(Vertx vertx, String name, MessageStore store, int rounds, double seconds)
      throws Exception {
    for (int batch : BATCHES) {
      double[] rates = new double[rounds];
      for (int round = -1; round < rounds; round++) { // the first warms up
        CompletableFuture<Double> rate = new CompletableFuture<>();
        String channel = "c" + batch + "." + round;
        Context context = vertx.getOrCreateContext();
        context.runOnContext(
            v ->
                store
                    .open(channel, RetentionOptions.DEFAULT)
                    .onFailure(rate::completeExceptionally)
                    .onSuccess(log -> new Appending(context, log, batch, seconds, rate).next()));
        double measured = rate.get(5, TimeUnit.MINUTES);
        if (round >= 0) {
          rates[round] = measured;
        }
      }
      Arrays.sort(rates);
      System.out.printf(
          "%-28s batch %4d: median %,10.0f messages/s (%,.0f to %,.0f, %d rounds)%n",
          name, batch, rates[rounds / 2], rates[0], rates[rounds - 1], rounds);
    }
    store.close().await();
  }

  private static final class Appending {
    private final Context context;
    private final MessageLog log;
    private final int batch;
    private final long began = System.nanoTime();
    private final long ends;
    private final CompletableFuture<Double> rate;

    Appending(
        Context context,
        MessageLog log,
        int batch,
        double seconds,
        CompletableFuture<Double> rate) {
      this.context = context;
      this.log = log;
      this.batch = batch;
      this.ends = began + (long) (seconds * 1e9);
      this.rate = rate;
    }

    void next() {
      long now = System.nanoTime();
      if (now > ends) {
        rate.complete(log.lastSequence() * 1e9 / (now - began));
        return;
      }
      List<Entry> entries = new ArrayList<>(batch);
      long last = log.lastSequence();
      long time = System.currentTimeMillis();
      for (int i = 1; i <= batch; i++) {
        entries.add(new Entry(last + i, time, null, "type", PAYLOAD, null, null));
      }
      log.append(entries)
          .onFailure(rate::completeExceptionally)
          .onSuccess(
              done -> {
                log.trim(ALL_READ, time);
                context.runOnContext(v -> next());
              });
    }
  }

  private static final Cursors ALL_READ = new AllRead();
}
