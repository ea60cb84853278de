package io.eric.log;

import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Uses a log as its channel does: on one context, with the cursors of its listeners, under a clock
 * of its own. Every call waits for the answer.
 */
final class LogUser {

  /** What {@link #entry} makes every message count for. */
  static final int SIZE = Entry.OVERHEAD + 1 + 4;

  final MessageLog log;
  final Map<String, Long> cursors = new HashMap<>();
  long now = 1_000_000;

  private final Context context;

  private LogUser(Context context, MessageLog log) {
    this.context = context;
    this.log = log;
  }

  static LogUser open(
      Vertx vertx, MessageStore store, String channelId, RetentionOptions retention) {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    return new LogUser(context, await(context, () -> store.open(channelId, retention)));
  }

  /** Runs on the log's context and gives what the future was completed with. */
  <R> R await(Supplier<Future<R>> call) {
    return await(context, call);
  }

  /** Runs on the log's context. */
  <R> R get(Supplier<R> call) {
    return await(() -> Future.succeededFuture(call.get()));
  }

  /** Runs on the log's context. */
  void run(Runnable call) {
    await(
        () -> {
          call.run();
          return Future.succeededFuture();
        });
  }

  /** Appends broadcasts of these types (one character each) as one batch. */
  void broadcast(String... types) {
    append(null, types);
  }

  /** Appends dispatches of these types (one character each) as one batch. */
  void dispatch(String listener, String... types) {
    append(listener, types);
  }

  /** Appends one message with a publisher's key. */
  void publish(String receiver, String key) {
    Entry keyed =
        new Entry(get(log::lastSequence) + 1, now, receiver, "x", Payload.NULL, null, key);
    await(() -> log.append(List.of(keyed)));
  }

  /** Appends so many broadcasts as one batch. */
  void broadcastMany(int count) {
    String[] types = new String[count];
    Arrays.fill(types, "x");
    broadcast(types);
  }

  Entry entry(long sequence, String receiver, String type) {
    return new Entry(sequence, now, receiver, type, Payload.NULL, null, null);
  }

  private void append(String receiver, String... types) {
    List<Entry> batch = new ArrayList<>();
    long sequence = get(log::lastSequence);
    for (String type : types) {
      batch.add(entry(++sequence, receiver, type));
    }
    await(() -> log.append(batch));
  }

  void trim() {
    run(() -> log.trim(cursors(), now));
  }

  void commit(String listener, long sequence) {
    await(() -> log.commit(Map.of(listener, sequence)));
  }

  void register(String listener, Registration registration) {
    await(() -> log.register(listener, registration));
  }

  void dropOldest(int times) {
    run(
        () -> {
          for (int i = 0; i < times; i++) {
            log.dropOldest();
          }
        });
  }

  void dropOldestOf(String listener, int times) {
    run(
        () -> {
          for (int i = 0; i < times; i++) {
            log.dropOldestOf(listener);
          }
        });
  }

  boolean hasAfter(long after, String listener) {
    return get(() -> log.hasAfter(after, listener));
  }

  int messages() {
    return get(log::usage).messages();
  }

  Slice slice(long after, String listener, int maxMessages, int maxBytes) {
    return await(() -> log.read(after, listener, maxMessages, maxBytes));
  }

  /** All that follows for a listener, each as {@code 7a} or {@code [3-5 3 overflow]}. */
  List<String> read(long after, String listener) {
    return slice(after, listener, Integer.MAX_VALUE, Integer.MAX_VALUE).entries().stream()
        .map(this::show)
        .toList();
  }

  String show(Entry entry) {
    if (!entry.type().equals(Message.GAP)) {
      return entry.sequence() + entry.type();
    }
    JsonObject gap = new JsonObject(entry.payload().toString());
    Position from = Position.parse(gap.getString("from"));
    Position to = Position.parse(gap.getString("to"));
    if (!from.epoch().equals(log.epoch())
        || !to.equals(new Position(log.epoch(), entry.sequence()))) {
      throw new AssertionError("positions of " + entry + " in epoch " + log.epoch());
    }
    return "[%d-%d %s %s]"
        .formatted(from.sequence(), to.sequence(), gap.getLong("missed"), gap.getString("reason"));
  }

  Cursors cursors() {
    return new Cursors() {
      @Override
      public long of(String listener) {
        return cursors.getOrDefault(listener, Long.MAX_VALUE);
      }

      @Override
      public long lowest() {
        return cursors.values().stream().mapToLong(c -> c).min().orElse(Long.MAX_VALUE);
      }
    };
  }

  private static <R> R await(Context context, Supplier<Future<R>> call) {
    CompletableFuture<R> result = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            call.get()
                .onComplete(
                    done -> {
                      if (done.failed()) {
                        result.completeExceptionally(done.cause());
                      } else if (Vertx.currentContext() != context) {
                        result.completeExceptionally(
                            new AssertionError("completed on " + Vertx.currentContext()));
                      } else {
                        result.complete(done.result());
                      }
                    });
          } catch (Throwable thrown) {
            result.completeExceptionally(thrown);
          }
        });
    try {
      return result.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
