package io.eric.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes reports of events that cannot be: a state machine received an event for which its table has
 * "error". The reporter goes on as if nothing had come. Each report is counted. The first one is
 * logged, and then at most one a second, since a fault may repeat itself with every message. Where
 * assertions are enabled, as they are in tests, it is an {@link AssertionError} as well.
 *
 * <p>There is one per hub, see {@link Meters#stateErrors}. Safe for any thread.
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
   * Reports an event that does not fit the state.
   *
   * @param machine the state machine, as a reader of the log would name it
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
   * Reports something that this version does not know, or does not take there; another node of the
   * cluster may have another version. Its content is not logged.
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
