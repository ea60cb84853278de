package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.redis.RedisStore;
import io.eric.options.RedisStoreOptions;
import io.eric.options.RetentionOptions;
import io.eric.testing.RedisServer;
import io.eric.testing.RequiresCommand;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps of {@link MessageLogProperties} against Redis, with reopening among them: whatever
 * happens, the log answers as {@link NaiveLog} does. What little it keeps in memory makes it read
 * from Redis as well.
 */
@RequiresCommand("redis-server")
class RedisLogRunsTest {

  private static final List<String> LISTENERS = List.of("ann", "bob", "eve");

  @TempDir static Path dir;
  private static RedisServer server;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    server = RedisServer.keepingAll(dir);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
    server.close();
  }

  static LongStream fewSeeds() {
    return LongStream.range(0, 25);
  }

  static LongStream manySeeds() {
    return new Random().longs(200);
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  void everyMessageIsReadInOrderOrCoveredByAGap(long seed) {
    try (Run run = new Run(seed)) {
      run.go(60);
    }
  }

  @ParameterizedTest
  @Tag("soak")
  @MethodSource("manySeeds")
  void everyMessageIsReadInOrderOrCoveredByAGapForLong(long seed) {
    try (Run run = new Run(seed)) {
      run.go(150);
    }
  }

  private static final class Run implements AutoCloseable {

    private final Random random;
    private final RedisStoreOptions options;
    private final RetentionOptions retention;
    private final NaiveLog model;
    private RedisStore store;
    private LogUser user;
    private long now = 1000;

    Run(long seed) {
      random = new Random(seed);
      options =
          new RedisStoreOptions()
              .setUri(server.uri())
              .setPrefix(seed + ":")
              .setTimeout(20_000)
              .setRecentBytes(random.nextInt(2000));
      retention =
          new RetentionOptions(
              random.nextInt(9),
              random.nextInt(1200),
              List.of(0L, 15L, 1000L).get(random.nextInt(3)),
              1 + random.nextInt(20),
              2000,
              List.of(0L, 0L, 12L, 40L).get(random.nextInt(4)));
      model = new NaiveLog(retention);
      open();
      LISTENERS.forEach(listener -> move(listener, 0));
    }

    private void open() {
      store = RedisStore.create(vertx, options);
      Map<String, Long> cursors = user == null ? Map.of() : user.cursors;
      user = LogUser.open(vertx, store, "c", retention);
      user.cursors.putAll(cursors);
    }

    @Override
    public void close() {
      user.await(user.log::close);
      store.close().await();
    }

    void go(int steps) {
      for (int i = 0; i < steps; i++) {
        step(LISTENERS.get(random.nextInt(3)), random.nextInt(10));
        compare();
      }
    }

    private void step(String listener, int number) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> append(null, number);
        case 3, 4 -> append(listener, number);
        case 5, 6 -> move(listener, number);
        case 7 -> {
          user.now = now;
          user.trim();
          model.trim(user.cursors(), now);
        }
        case 8 -> now += number;
        case 9 -> {
          user.dropOldest(1);
          model.dropOldest();
        }
        case 10 -> {
          if (number < 7) {
            user.dropOldestOf(listener, 1);
            model.dropOldestOf(listener);
          } else {
            user.await(() -> user.log.forget(listener));
            model.forget(listener);
            user.cursors.put(listener, user.get(user.log::lastSequence));
            move(listener, 0);
          }
        }
        default -> {
          close();
          model.reopened();
          open();
        }
      }
    }

    private void move(String listener, int by) {
      long last = user.get(user.log::lastSequence);
      user.cursors.merge(listener, 0L, (cursor, zero) -> Math.min(cursor + by, last));
      user.commit(listener, user.cursors.get(listener));
    }

    private void append(String receiver, int number) {
      List<Entry> batch = new ArrayList<>();
      for (int i = 0; i <= number % 3; i++) {
        long sequence = user.get(user.log::lastSequence) + 1 + i;
        Payload payload = Payload.of("x".repeat(number));
        batch.add(new Entry(sequence, now, receiver, "t", payload, null, null));
      }
      user.await(() -> user.log.append(batch));
      batch.forEach(model::append);
    }

    private void compare() {
      assertThat(user.get(user.log::lastSequence)).isEqualTo(model.lastSequence());
      assertThat(user.get(user.log::firstSequence)).isEqualTo(model.firstSequence());
      assertThat(user.get(user.log::usage)).isEqualTo(model.usage(entry -> true));
      assertThat(user.get(user.log::committed)).isEqualTo(user.cursors);
      for (String listener : LISTENERS) {
        read(user.cursors.get(listener), listener);
        read(random.nextInt(5), listener);
      }
      read(random.nextInt(5), null);
    }

    private void read(long after, String listener) {
      assertThat(user.hasAfter(after, listener)).isEqualTo(model.hasAfter(after, listener));
      Slice slice = user.slice(after, listener, Integer.MAX_VALUE, Integer.MAX_VALUE);
      model.check(after, listener, slice.entries(), slice.through());
      assertThat(slice.atEnd()).isTrue();
    }
  }
}
