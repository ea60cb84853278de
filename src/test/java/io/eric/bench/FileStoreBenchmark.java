package io.eric.bench;

import io.eric.Payload;
import io.eric.channel.ChannelContainer;
import io.eric.log.ChannelDefinition;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.file.FileStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.FileStoreOptions.Fsync;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.AllRead;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The file store's figures: {@code main [runs [directory]]} prints how long a store with 1,000
 * channels and 1,000,000 messages of 200 bytes takes to open, alone, with a hub on it, and as the
 * runnable jar in a process of its own if that is built; and how many messages are appended per
 * second under each setting of fsync beside memory; the median of the runs, the lowest and the
 * highest.
 */
public final class FileStoreBenchmark {

  private static final int CHANNELS = 1_000;
  private static final int MESSAGES_PER_CHANNEL = 1_000;
  private static final int PAYLOAD = 198;
  private static final long APPEND_NS = TimeUnit.SECONDS.toNanos(2);
  private static final Path JAR = Path.of("target", "eric-vertx.jar").toAbsolutePath();
  private static final RetentionOptions RETENTION =
      new RetentionOptions(10_000, 4 << 20, 300_000, 65_536, 64 << 20, 0);

  private final Vertx vertx = Vertx.vertx();
  private final Path root;
  private final int runs;

  private FileStoreBenchmark(Path root, int runs) {
    this.root = root;
    this.runs = runs;
  }

  /** Runs all. */
  public static void main(String[] args) throws Exception {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Path root =
        Files.createTempDirectory(
            args.length > 1 ? Path.of(args[1]) : Path.of(System.getProperty("java.io.tmpdir")),
            "eric-bench");
    FileStoreBenchmark benchmark = new FileStoreBenchmark(root, runs);
    try {
      benchmark.reopen();
      benchmark.append(1, 1);
      benchmark.append(1, 64);
      benchmark.append(64, 1);
      benchmark.append(64, 64);
    } finally {
      benchmark.vertx.close().await();
      delete(root);
    }
  }

  private FileStoreOptions options(Path directory, Fsync fsync) {
    return new FileStoreOptions().setDirectory(directory.toString()).setFsync(fsync);
  }

  private void reopen() throws IOException {
    Path directory = root.resolve("reopen");
    FileStore store = FileStore.open(vertx, options(directory, Fsync.NEVER)).await();
    for (int i = 0; i < CHANNELS; i++) {
      MessageLog log = store.open("channel" + i, RETENTION).await();
      store.define(new ChannelDefinition("channel" + i, new JsonObject())).await();
      for (int j = 0; j < MESSAGES_PER_CHANNEL; j += 100) {
        log.append(batch(j + 1L, 100)).await();
      }
      log.close().await();
    }
    store.close().await();
    double[] alone = new double[runs];
    double[] withHub = new double[runs];
    for (int run = 0; run < runs; run++) {
      long start = System.nanoTime();
      FileStore opened = FileStore.open(vertx, options(directory, Fsync.NEVER)).await();
      alone[run] = (System.nanoTime() - start) / 1e9;
      ChannelContainer hub = new ChannelContainer(vertx, opened, new SSEChannelOptions());
      hub.restore(java.util.Map.of()).await();
      withHub[run] = (System.nanoTime() - start) / 1e9;
      hub.close().await();
      opened.close().await();
    }
    print("open the store, s", alone);
    print("open the store and 1,000 channels, s", withHub);
    if (Files.exists(JAR)) {
      double[] served = new double[runs];
      for (int run = 0; run < runs; run++) {
        served[run] = restart(directory);
      }
      print("java -jar eric-vertx.jar serve, until it is ready, s", served);
    }
  }

  /** From the start of a process to the line that says it serves. */
  private double restart(Path directory) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            JAR.toString(),
            "serve",
            "--http-port",
            "0",
            "--socket",
            root.resolve("hub.sock").toString());
    builder.environment().put("ERIC_STORE_TYPE", "file");
    builder.environment().put("ERIC_STORE_FILE_DIRECTORY", directory.toString());
    long start = System.nanoTime();
    Process hub = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = hub.inputReader()) {
      String ready = out.readLine();
      if (ready == null || !ready.startsWith("eric is ready")) {
        throw new IOException("the hub did not start: " + ready);
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      hub.destroy();
      hub.onExit().join();
    }
  }

  private static List<Entry> batch(long first, int count) {
    Payload payload = Payload.of("x".repeat(PAYLOAD));
    List<Entry> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batch.add(
          new Entry(first + i, System.currentTimeMillis(), null, "message", payload, null, null));
    }
    return batch;
  }

  /** So many channels, each with one batch under way at a time. */
  private void append(int channels, int batch) throws IOException {
    double[] memory = new double[runs];
    for (int run = 0; run < runs; run++) {
      memory[run] = appendsPerSecond(MemoryStore.create(), channels, batch);
    }
    String what = channels + " channels, batches of " + batch + ", messages/s: ";
    print(what + "memory", memory);
    for (Fsync fsync : Fsync.values()) {
      double[] figures = new double[runs];
      for (int run = 0; run < runs; run++) {
        Path directory = root.resolve("append");
        FileStore store = FileStore.open(vertx, options(directory, fsync)).await();
        figures[run] = appendsPerSecond(store, channels, batch);
        delete(directory);
      }
      print(what + "file, fsync " + fsync.name().toLowerCase(Locale.ROOT), figures);
    }
  }

  private double appendsPerSecond(MessageStore store, int channels, int batch) {
    List<Future<Long>> counts = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < channels; i++) {
      counts.add(new Appending(store, "channel" + i, batch, start + APPEND_NS).run());
    }
    Future.all(counts).await();
    double seconds = (System.nanoTime() - start) / 1e9;
    store.close().await();
    return counts.stream().mapToLong(Future::result).sum() / seconds;
  }

  /** A channel's context that appends one batch after the other, and trims. */
  private final class Appending {
    private final MessageStore store;
    private final String channel;
    private final int batch;
    private final long end;
    private final Promise<Long> done = Promise.promise();
    private long count;

    Appending(MessageStore store, String channel, int batch, long end) {
      this.store = store;
      this.channel = channel;
      this.batch = batch;
      this.end = end;
    }

    Future<Long> run() {
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      context.runOnContext(
          v ->
              store
                  .open(channel, RETENTION)
                  .onSuccess(log -> next(context, log))
                  .onFailure(done::fail));
      return done.future();
    }

    private void next(Context context, MessageLog log) {
      for (int i = 0; i < 100; i++) {
        if (System.nanoTime() >= end) {
          log.close().onComplete(closed -> done.complete(count));
          return;
        }
        Future<Void> append = log.append(batch(log.lastSequence() + 1, batch));
        count += batch;
        log.trim(ALL_READ, System.currentTimeMillis());
        if (!append.isComplete()) {
          append.onSuccess(stored -> next(context, log)).onFailure(done::fail);
          return;
        }
      }
      context.runOnContext(v -> next(context, log));
    }
  }

  private static final io.eric.log.Cursors ALL_READ = new AllRead();

  private static void print(String what, double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%-60s median %,.2f (%,.2f to %,.2f, %d runs)%n",
        what,
        sorted[sorted.length / 2],
        sorted[0],
        sorted[sorted.length - 1],
        sorted.length);
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
