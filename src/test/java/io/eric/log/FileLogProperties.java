package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.eric.Payload;
import io.eric.log.MessageLogProperties.Step;
import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.FileStoreOptions.Fsync;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * A log in files answers as {@link NaiveLog} does; and closed or killed at any moment, the next
 * store has everything, in order, or a gap that covers it.
 */
class FileLogProperties {

  private static final List<String> LISTENERS = List.of("ann", "bob", "eve");

  private static Vertx vertx;
  private static Path dir;

  @BeforeContainer
  static void makeDirectory() throws IOException {
    vertx = Vertx.vertx();
    dir = Files.createTempDirectory("eric-file-log");
  }

  @AfterContainer
  static void deleteDirectory() throws IOException {
    vertx.close().await();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return new MessageLogProperties().steps();
  }

  @Provide
  Arbitrary<RetentionOptions> retentions() {
    return new MessageLogProperties().retentions();
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void everyMessageIsReadInOrderOrCoveredByAGap(
      @ForAll("retentions") RetentionOptions retention, @ForAll("steps") List<Step> steps)
      throws IOException {
    FileStore store = open(Files.createTempDirectory(dir, "store"), 0);
    MessageLogProperties.Run run =
        new MessageLogProperties.Run(retention, store.open("c", retention).await());
    for (Step step : steps) {
      run.take(step);
      run.compare();
    }
    store.close().await();
  }

  private static FileStore open(Path directory, int cacheBytes) {
    return FileStore.open(
            vertx,
            new FileStoreOptions()
                .setDirectory(directory.toString())
                .setFsync(Fsync.NEVER)
                .setSegmentBytes(64 << 10)
                .setDiskLimit(64 << 20)
                .setCacheBytes(cacheBytes))
        .await();
  }

  /** What happens to a store in one of its lives, and how the life ends. */
  enum End {
    CLOSED,
    KILLED
  }

  @Provide
  Arbitrary<List<End>> lives() {
    return Arbitraries.of(End.class).list().ofMinSize(1).ofMaxSize(6);
  }

  @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
  void everyLifeGoesOnWhereTheLastOneEnded(
      @ForAll("lives") List<End> lives, @ForAll @LongRange(min = 0) long seed) throws IOException {
    java.util.Random random = new java.util.Random(seed);
    Path directory = Files.createTempDirectory(dir, "store");
    FileStore store = open(directory, 1000);
    Life life = new Life(store.open("c", retention(random)).await(), random);
    for (End end : lives) {
      for (int i = random.nextInt(60); i >= 0; i--) {
        life.step();
      }
      if (end == End.CLOSED) {
        life.log.close().await();
        store.close().await();
      } else {
        Path copy = StoreCopy.of(directory, dir);
        store.close().await();
        directory = copy;
      }
      store = open(directory, random.nextInt(2) * 10_000);
      life.goesOnIn(store.open("c", retention(random)).await());
    }
    store.close().await();
  }

  private static RetentionOptions retention(java.util.Random random) {
    return new RetentionOptions(random.nextInt(20), random.nextInt(50_000), 1000, 500, 10 << 20, 0);
  }

  /** A log under random steps, and all that was ever acknowledged. */
  private static final class Life implements Cursors {

    private final java.util.Random random;
    private final Map<Long, Entry> acknowledged = new HashMap<>();
    private final Map<String, Long> committed = new HashMap<>();
    private final Map<String, Long> created = new HashMap<>();
    private MessageLog log;

    Life(MessageLog log, java.util.Random random) {
      this.log = log;
      this.random = random;
    }

    @Override
    public long of(String listener) {
      return committed.getOrDefault(listener, Long.MAX_VALUE);
    }

    @Override
    public long lowest() {
      return committed.values().stream().mapToLong(c -> c).min().orElse(Long.MAX_VALUE);
    }

    void step() {
      String listener = LISTENERS.get(random.nextInt(LISTENERS.size()));
      switch (random.nextInt(12)) {
        case 0 -> {
          log.forget(listener).await();
          committed.remove(listener);
          created.put(listener, log.lastSequence());
        }
        case 1, 2 -> {
          long cursor = committed.getOrDefault(listener, created.getOrDefault(listener, 0L));
          long next = Math.min(log.lastSequence(), cursor + random.nextInt(20));
          log.commit(Map.of(listener, next)).await();
          committed.put(listener, next);
        }
        case 3, 4 -> log.trim(this, 1000);
        case 5 -> log.dropOldest();
        case 6 -> log.dropOldestOf(listener);
        default -> append(random.nextBoolean() ? listener : null);
      }
    }

    private void append(String receiver) {
      List<Entry> batch = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        long sequence = log.lastSequence() + 1 + batch.size();
        Payload payload = Payload.of("x".repeat(random.nextInt(4000)));
        batch.add(
            new Entry(
                sequence, 1000, receiver, "t\ud800\u00e4", payload, receiver, "k" + sequence));
      }
      log.append(batch).await();
      batch.forEach(entry -> acknowledged.put(entry.sequence(), entry));
    }

    void goesOnIn(MessageLog next) {
      assertThat(next.epoch()).isEqualTo(log.epoch());
      assertThat(next.lastSequence()).isEqualTo(log.lastSequence());
      assertThat(next.committed()).isEqualTo(committed);
      for (String listener : LISTENERS) {
        readAll(next, listener, created.getOrDefault(listener, 0L));
      }
      readAll(next, null, 0);
      log = next;
    }

    private void readAll(MessageLog next, String listener, long from) {
      long cursor = from;
      for (Entry entry :
          next.read(from, listener, Integer.MAX_VALUE, Integer.MAX_VALUE).await().entries()) {
        if (!entry.type().equals(Message.GAP)) {
          assertThat(wanted(cursor, entry.sequence(), listener)).containsExactly(entry);
        }
        cursor = entry.sequence();
      }
      assertThat(wanted(cursor, Long.MAX_VALUE, listener)).isEmpty();
    }

    private List<Entry> wanted(long after, long through, String listener) {
      return acknowledged.values().stream()
          .filter(e -> e.sequence() > after && e.sequence() <= through && e.isFor(listener))
          .filter(
              e ->
                  listener == null
                      || e.receiver() == null
                      || e.sequence() > created.getOrDefault(listener, 0L))
          .toList();
    }
  }
}
