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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Uses a log as its channel does: on one context, with the cursors of its listeners, under a clock
 * of its own. For tests of stores, {@link MessageStoreContract} and others.
 *
 * <p>Every call waits for the answer, at most 30 seconds, so it must not be made on a thread of
 * Vert.x. A call fails with what the log's future failed with, and with an {@link AssertionError}
 * if the future does not complete, or completes on another context. One thread at a time.
 */
public final class LogUser {

  /** What every message of {@link #entry} counts against limits, in bytes. */
  public static final int SIZE = Entry.OVERHEAD + 1 + 4;

  /** The log; call it inside of {@link #get}, {@link #run} or {@link #await(Supplier)} only. */
  public final MessageLog log;

  /** How far each listener has read. A listener that is not in it does not exist. */
  public final Map<String, Long> cursors = new HashMap<>();

  /** The clock, in milliseconds since 1970; a test moves it. */
  public long now = 1_000_000;

  private final Context context;

  private LogUser(Context context, MessageLog log) {
    this.context = context;
    this.log = log;
  }

  /**
   * Opens a log on a context of its own.
   *
   * @param vertx the instance that the context belongs to
   * @param store the store to open it in
   * @param channelId the channel
   * @param retention what the log is to keep
   * @return a user of the log
   */
  public static LogUser open(
      Vertx vertx, MessageStore store, String channelId, RetentionOptions retention) {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    return new LogUser(context, await(context, () -> store.open(channelId, retention)));
  }

  /**
   * Calls what answers later, on the log's context.
   *
   * @param call makes one call of the log
   * @param <R> the type of the answer
   * @return what the future was completed with
   */
  public <R> R await(Supplier<Future<R>> call) {
    return await(context, call);
  }

  /**
   * Calls what answers at once, on the log's context.
   *
   * @param call makes one call of the log
   * @param <R> the type of the answer
   * @return the answer
   */
  public <R> R get(Supplier<R> call) {
    return await(() -> Future.succeededFuture(call.get()));
  }

  /**
   * Calls what has no answer, on the log's context.
   *
   * @param call makes one call of the log
   */
  public void run(Runnable call) {
    await(
        () -> {
          call.run();
          return Future.succeededFuture();
        });
  }

  /**
   * Appends broadcasts as one batch.
   *
   * @param types the type of each, one character
   */
  public void broadcast(String... types) {
    append(null, types);
  }

  /**
   * Appends dispatches to one listener as one batch.
   *
   * @param listener their receiver
   * @param types the type of each, one character
   */
  public void dispatch(String listener, String... types) {
    append(listener, types);
  }

  /**
   * Appends one message with a publisher's key.
   *
   * @param receiver the listener that it is dispatched to; null for a broadcast
   * @param key the key
   */
  public void publish(String receiver, String key) {
    Entry keyed =
        new Entry(get(log::lastSequence) + 1, now, receiver, "x", Payload.NULL, null, key);
    await(() -> log.append(List.of(keyed)));
  }

  /**
   * Appends broadcasts as one batch.
   *
   * @param count how many
   */
  public void broadcastMany(int count) {
    String[] types = new String[count];
    Arrays.fill(types, "x");
    broadcast(types);
  }

  /**
   * Makes an entry with the time that {@link #now} says, whose payload is null. Appends nothing.
   *
   * @param sequence its sequence
   * @param receiver the listener that it is dispatched to; null for a broadcast
   * @param type its type, one character
   * @return the entry
   */
  public Entry entry(long sequence, String receiver, String type) {
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

  /** Lets the log trim what {@link #cursors} and {@link #now} allow. */
  public void trim() {
    run(() -> log.trim(cursors(), now));
  }

  /**
   * Commits one listener's cursor.
   *
   * @param listener the listener
   * @param sequence its cursor
   */
  public void commit(String listener, long sequence) {
    await(() -> log.commit(Map.of(listener, sequence)));
  }

  /**
   * Registers a listener.
   *
   * @param listener the listener
   * @param registration what is to be kept of it
   */
  public void register(String listener, Registration registration) {
    await(() -> log.register(listener, registration));
  }

  /**
   * Drops the oldest entry, several times.
   *
   * @param times how often
   */
  public void dropOldest(int times) {
    run(
        () -> {
          for (int i = 0; i < times; i++) {
            log.dropOldest();
          }
        });
  }

  /**
   * Drops the oldest dispatch to one listener, several times.
   *
   * @param listener the listener
   * @param times how often
   */
  public void dropOldestOf(String listener, int times) {
    run(
        () -> {
          for (int i = 0; i < times; i++) {
            log.dropOldestOf(listener);
          }
        });
  }

  /**
   * Asks whether anything for a listener follows.
   *
   * @param after its cursor
   * @param listener the listener; null for a reader of broadcasts only
   * @return as {@link MessageLog#hasAfter} says
   */
  public boolean hasAfter(long after, String listener) {
    return get(() -> log.hasAfter(after, listener));
  }

  /**
   * Counts what the log keeps.
   *
   * @return the number of messages
   */
  public int messages() {
    return get(log::usage).messages();
  }

  /**
   * Reads what follows for a listener, up to a bound.
   *
   * @param after its cursor
   * @param listener the listener; null for a reader of broadcasts only
   * @param maxMessages how many messages to return at most
   * @param maxBytes the read stops when it has reached this
   * @return as {@link MessageLog#read} says
   */
  public Slice slice(long after, String listener, int maxMessages, int maxBytes) {
    return await(() -> log.read(after, listener, maxMessages, maxBytes));
  }

  /**
   * Reads all that follows for a listener.
   *
   * @param after its cursor
   * @param listener the listener; null for a reader of broadcasts only
   * @return each message as {@link #show} gives it
   */
  public List<String> read(long after, String listener) {
    return slice(after, listener, Integer.MAX_VALUE, Integer.MAX_VALUE).entries().stream()
        .map(this::show)
        .toList();
  }

  /**
   * Describes an entry in short, and checks the positions of a gap.
   *
   * @param entry an entry of this log
   * @return sequence and type, like {@code 7a}; of a gap its first and last sequence, count and
   *     reason, like {@code [3-5 3 overflow]}
   * @throws AssertionError if a gap's positions are not of this log, or do not end with the entry
   */
  public String show(Entry entry) {
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
    return String.format(
        Locale.ROOT,
        "[%d-%d %s %s]",
        from.sequence(),
        to.sequence(),
        gap.getLong("missed"),
        gap.getString("reason"));
  }

  /**
   * Tells a log how far the listeners have read.
   *
   * @return a view of {@link #cursors}
   */
  public Cursors cursors() {
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
