package io.eric.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of events that cannot be: something came to a state machine whose table has "error" there.
 * The reporter goes on as if nothing had come. Each is counted; the log says the first and then at
 * most one a second, since a fault may repeat itself with every message. Where assertions are on,
 * as they are in tests, it is an {@link AssertionError} besides.
 *
 * <p>One per hub, see {@link Meters#stateErrors}; for any thread.
 */
public final class StateErrors {

  private static final Logger logger = LoggerFactory.getLogger(StateErrors.class);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Meters meters;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  StateErrors(Meters meters) {
    this.meters = meters;
  }

  /**
   * An event that does not fit.
   *
   * @param machine what it came to, as a reader of the log would name it
   */
  public void report(String machine, Enum<?> state, String event) {
    meters.count(CounterName.STATE_ERRORS_EVENT);
    if (maySay()) {
      logger.error(
          "{} is {}, where \"{}\" cannot come; it is ignored. That is a fault of eric; {} more were"
              + " not logged",
          machine,
          state,
          event,
          unsaid.getAndSet(0));
    }
    assert false : machine + " is " + state + ", where \"" + event + "\" cannot come";
  }

  /**
   * Something that this version does not know, or does not take there; another node of the cluster
   * may be of another version. What it holds is not logged.
   */
  public void reportUnknown(String machine, Object news) {
    meters.count(CounterName.STATE_ERRORS_NEWS);
    if (maySay()) {
      logger.warn(
          "{} was told a {}, which it does not take; it is ignored. {} more were not logged",
          machine,
          news.getClass().getName(),
          unsaid.getAndSet(0));
    }
  }

  private boolean maySay() {
    long now = System.nanoTime();
    long until = quietUntil.get();
    if (now - until >= 0 && quietUntil.compareAndSet(until, now + PAUSE_NANOS)) {
      return true;
    }
    unsaid.incrementAndGet();
    return false;
  }
}
