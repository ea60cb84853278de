package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log whose map executes one attempt only when the test says so, which Hazelcast cannot. */
class LateAttemptsTest {

  private static final LogKey FIRST_BATCH = new LogKey("x", 0);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Map<LogKey, byte[]> kept = new ConcurrentHashMap<>();

  /** The first attempt to write the first batch. */
  private @Nullable Runnable late;

  private MessageLog log;

  @BeforeEach
  void open() throws Exception {
    HazelcastStore store = new HazelcastStore(vertx, map(), 1_000, () -> true, () -> {});
    log = on(() -> store.open("x", RetentionOptions.DEFAULT));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void nothingIsLeftOfADeletedLog() throws Exception {
    on(() -> log.append(List.of(entry(1, 10))));
    Future<Void> deleted = begin(() -> log.delete());
    runLate();
    deleted.await(30, TimeUnit.SECONDS);
    assertThat(kept).isEmpty();
  }

  @Test
  void appendsWaitWhenMuchStandsBehindAnUnansweredAttempt() throws Exception {
    int size = 1 << 20;
    for (int i = 1; i <= 17; i++) { // the first, and 16 MiB and a little behind it
      Entry entry = entry(i, size);
      on(() -> log.append(List.of(entry)));
    }
    Future<Void> held = begin(() -> log.append(List.of(entry(18, size))));
    on(() -> Future.succeededFuture());
    assertThat(held.isComplete()).isFalse();
    runLate();
    held.await(30, TimeUnit.SECONDS);
    on(() -> log.append(List.of(entry(19, size))));
    assertThat(log.usage().messages()).isEqualTo(19);
  }

  private void runLate() throws Exception {
    Runnable attempt = late;
    assertThat(attempt).isNotNull();
    on(
        () -> {
          attempt.run();
          return Future.succeededFuture();
        });
  }

  private static Entry entry(long sequence, int size) {
    return new Entry(sequence, 1, null, "t", Payload.of("x".repeat(size)), null, null);
  }

  private <T> T on(Supplier<Future<T>> work) throws Exception {
    return begin(work).await(30, TimeUnit.SECONDS);
  }

  private <T> Future<T> begin(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(turn -> work.get().onComplete(done));
    return done.future();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a map of whatever an entry processor gives
  private IMap<LogKey, byte[]> map() {
    return (IMap<LogKey, byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {IMap.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "submitToKey" -> submit((LogKey) args[0], (EntryProcessor) args[1]);
                  case "submitToKeys" -> {
                    for (LogKey key : (Set<LogKey>) args[0]) {
                      process(key, (EntryProcessor) args[1]);
                    }
                    yield CompletableFuture.completedFuture(Map.of());
                  }
                  case "getAll" -> {
                    Map<LogKey, byte[]> found = new HashMap<>(kept);
                    found.keySet().retainAll((Set<LogKey>) args[0]);
                    yield found;
                  }
                  case "get" -> kept.get((LogKey) args[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @SuppressWarnings("rawtypes")
  private CompletableFuture<Object> submit(LogKey key, EntryProcessor step) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    Runnable attempt = () -> done.complete(process(key, step));
    if (key.equals(FIRST_BATCH) && late == null) {
      late = attempt;
    } else {
      attempt.run();
    }
    return done;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private @Nullable Object process(LogKey key, EntryProcessor step) {
    Map.Entry<LogKey, byte[]> entry = new AbstractMap.SimpleEntry<>(key, kept.get(key));
    Object result = step.process(entry);
    if (entry.getValue() == null) {
      kept.remove(key);
    } else {
      kept.put(key, entry.getValue());
    }
    return result;
  }
}
