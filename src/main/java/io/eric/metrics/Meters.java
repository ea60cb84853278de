package io.eric.metrics;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters and gauges of a hub, to be read on request. There is one per Vert.x instance, safe
 * for any thread.
 *
 * <p>A count costs one look into an array and one {@link LongAdder}, per batch rather than per
 * message where there are batches. A gauge costs nothing until it is asked for; each part then
 * reports its share on its own context. So there is no need to switch anything off.
 */
public final class Meters implements Shareable {

  private static final String MAP = "io.eric.meters";
  private static final long SAMPLE_TIMEOUT_MS = 1_000;

  /** The map is complete from the start, so that any thread may read it. */
  private final Map<CounterName, LongAdder> counts = new EnumMap<>(CounterName.class);

  private final Set<Source> sources = ConcurrentHashMap.newKeySet();
  private final StateErrors stateErrors;

  /** Creates meters without any parts; those of a hub are {@link #of}. */
  public Meters() {
    for (CounterName counter : CounterName.values()) {
      counts.put(counter, new LongAdder());
    }
    stateErrors = new StateErrors(this);
  }

  /** Returns the meters of this Vert.x instance. */
  public static Meters of(Vertx vertx) {
    LocalMap<String, Meters> map = vertx.sharedData().getLocalMap(MAP);
    return map.computeIfAbsent(MAP, none -> new Meters());
  }

  /** Returns the place where this hub reports events that cannot be. */
  public StateErrors stateErrors() {
    return stateErrors;
  }

  /** Adds one occurrence. */
  public void count(CounterName counter) {
    adder(counter).increment();
  }

  /** Adds this number of occurrences. */
  public void count(CounterName counter, long times) {
    adder(counter).add(times);
  }

  /** Returns how often it has happened. */
  public long get(CounterName counter) {
    return adder(counter).sum();
  }

  private LongAdder adder(CounterName counter) {
    return Objects.requireNonNull(counts.get(counter));
  }

  /**
   * Adds a part of the hub that knows gauges.
   *
   * @param context the context on which the part is asked
   * @return removes the part again; idempotent
   */
  public Runnable add(Context context, Sampled part) {
    Source source = new Source(context, part);
    sources.add(source);
    return () -> sources.remove(source);
  }

  /**
   * Asks all parts for their gauges. It never fails; a part that is too busy to answer within a
   * second is left out and counted.
   */
  public Future<Readings> sample(Vertx vertx) {
    Readings readings = new Readings();
    List<Source> asked = List.copyOf(sources);
    AtomicInteger missing = new AtomicInteger(asked.size());
    Promise<Readings> sampled = Promise.promise();
    if (asked.isEmpty()) {
      return Future.succeededFuture(readings);
    }
    long timer =
        vertx.setTimer(
            SAMPLE_TIMEOUT_MS,
            late -> {
              if (sampled.tryComplete(readings)) {
                count(CounterName.SAMPLES_MISSING, missing.get());
              }
            });
    for (Source source : asked) {
      source.context.runOnContext(
          v -> {
            source.part.sample(readings);
            if (missing.decrementAndGet() == 0 && sampled.tryComplete(readings)) {
              vertx.cancelTimer(timer);
            }
          });
    }
    return sampled.future();
  }

  /** A part of the hub that knows gauges. It is asked on its own context. */
  @FunctionalInterface
  public interface Sampled {

    /** Adds the part's share; called on the part's context. */
    void sample(Readings readings);
  }

  /** The sums of one sampling. Safe for any thread. */
  public static final class Readings {

    private final Map<GaugeName, LongAdder> sums = new EnumMap<>(GaugeName.class);

    private Readings() {
      for (GaugeName gauge : GaugeName.values()) {
        sums.put(gauge, new LongAdder());
      }
    }

    /** Adds a part's share. */
    public void add(GaugeName gauge, long amount) {
      sum(gauge).add(amount);
    }

    /** Returns the sum over all parts. */
    public long get(GaugeName gauge) {
      return sum(gauge).sum();
    }

    private LongAdder sum(GaugeName gauge) {
      return Objects.requireNonNull(sums.get(gauge));
    }
  }

  /** A part and its context, compared by identity, because the same part may be added twice. */
  private static final class Source {
    private final Context context;
    private final Sampled part;

    private Source(Context context, Sampled part) {
      this.context = context;
      this.part = part;
    }
  }
}
