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
 * The counters and gauges of a hub; whoever wants to see them asks. One per Vert.x instance, for
 * any thread.
 *
 * <p>Costs: a count is one look into an array and one {@link LongAdder}, per batch rather than per
 * message where there are batches. A gauge costs nothing until it is asked for: then each part
 * says, on its own context, what it knows. So there is nothing to switch off.
 */
public final class Meters implements Shareable {

  private static final String MAP = "io.eric.meters";
  private static final long SAMPLE_TIMEOUT_MS = 1_000;

  /** Complete from the start, so that it may be read by any thread. */
  private final Map<CounterName, LongAdder> counts = new EnumMap<>(CounterName.class);

  private final Set<Source> sources = ConcurrentHashMap.newKeySet();
  private final StateErrors stateErrors;

  /** Meters of nothing yet; a hub's are {@link #of}. */
  public Meters() {
    for (CounterName counter : CounterName.values()) {
      counts.put(counter, new LongAdder());
    }
    stateErrors = new StateErrors(this);
  }

  /** The meters of this Vert.x instance. */
  public static Meters of(Vertx vertx) {
    LocalMap<String, Meters> map = vertx.sharedData().getLocalMap(MAP);
    return map.computeIfAbsent(MAP, none -> new Meters());
  }

  /** Where this hub reports what cannot be. */
  public StateErrors stateErrors() {
    return stateErrors;
  }

  /** It has happened once more. */
  public void count(CounterName counter) {
    adder(counter).increment();
  }

  /** Adds this number of occurrences. */
  public void count(CounterName counter, long times) {
    adder(counter).add(times);
  }

  /** How often it has happened. */
  public long get(CounterName counter) {
    return adder(counter).sum();
  }

  private LongAdder adder(CounterName counter) {
    return Objects.requireNonNull(counts.get(counter));
  }

  /**
   * Makes a part of the hub known that can say something about gauges.
   *
   * @param context where it is to be asked
   * @return what makes it forgotten again; idempotent
   */
  public Runnable add(Context context, Sampled part) {
    Source source = new Source(context, part);
    sources.add(source);
    return () -> sources.remove(source);
  }

  /**
   * Asks all parts for their gauges. Never fails; a part that is too busy to answer within a second
   * is left out and counted.
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

  /** A part of the hub that knows gauges. */
  @FunctionalInterface
  public interface Sampled {

    /** Adds what it knows; on its context. */
    void sample(Readings readings);
  }

  /** The sums of one sampling. */
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

    /** The sum over all parts. */
    public long get(GaugeName gauge) {
      return sum(gauge).sum();
    }

    private LongAdder sum(GaugeName gauge) {
      return Objects.requireNonNull(sums.get(gauge));
    }
  }

  /** Compared by identity, for the same part may be added twice. */
  private static final class Source {
    private final Context context;
    private final Sampled part;

    private Source(Context context, Sampled part) {
      this.context = context;
      this.part = part;
    }
  }
}
