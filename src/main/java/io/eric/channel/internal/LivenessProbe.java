package io.eric.channel.internal;

import io.eric.internal.Loop;
import io.eric.metrics.HealthSource;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings all channels of a hub in turn. A channel whose event loop is blocked, or whose address has
 * no handler, still looks open to all other parts of the hub.
 *
 * <p>A channel is in trouble when it has left two pings unanswered, one after the other, each for
 * {@link #PATIENCE_MS}. A pause of the JVM stops this probe too, so the pause makes a channel miss
 * one of the two pings at most; a busy second makes it miss none. A refusal is an answer.
 *
 * <p>Costs: a round begins every {@link #ROUND_MS} at most, and asks {@link #PINGS_PER_TURN}
 * channels in a turn of the loop, with {@link #PAUSE_MS} between such turns; a hub of 100,000
 * channels is through in about three minutes. The pings that wait at a blocked loop are bounded,
 * too: at most {@link #MAX_DOUBTED} channels are asked again, and a blocked one only every minute
 * once it is in trouble; while that many are in doubt, no others are asked.
 */
public final class LivenessProbe implements HealthSource {

  static final long ROUND_MS = 5_000;
  static final long PATIENCE_MS = 5_000;
  static final long LONG_PATIENCE_MS = 60_000;
  static final long PAUSE_MS = 100;
  static final int PINGS_PER_TURN = 50;
  static final int MAX_DOUBTED = 100;

  private static final Logger logger = LoggerFactory.getLogger(LivenessProbe.class);
  private static final long NOT_ASKED = 0;

  private final Loop loop;
  private final Doors doors;

  /** The channels that left a ping unanswered and have not answered since. */
  private final Set<String> doubted = new HashSet<>();

  /** The doubted channels that are in trouble. */
  private final Set<String> silent = new ConcurrentSkipListSet<>();

  private final AtomicLong calledAt = new AtomicLong(NOT_ASKED);
  private Iterator<String> round = Collections.emptyIterator();
  private long roundBegan;
  private Loop.@Nullable Timer timer;
  private boolean closed;

  /** The channels of a hub, as a caller from outside sees them. */
  public interface Doors {

    /** Returns all channels that have to answer. This is called on the probe's loop. */
    List<String> all();

    /** Returns whether this channel still has to answer. This is called from any thread. */
    boolean mustAnswer(String id);

    /**
     * Pings a channel. The future is completed by any answer; it fails if none comes in time or the
     * address has no handler.
     */
    Future<?> ping(String id, long timeoutMs);
  }

  public LivenessProbe(Loop loop, Doors doors) {
    this.loop = loop;
    this.doors = doors;
  }

  /** Starts asking. Any thread may call this. */
  public void start() {
    loop.later(this::begin);
  }

  /** Stops asking. Any thread may call this. */
  public void close() {
    loop.later(
        () -> {
          closed = true;
          if (timer != null) {
            timer.cancel();
          }
        });
  }

  /** Returns how many channels are known to be in trouble. */
  public int silent() {
    return (int) silent.stream().filter(doors::mustAnswer).count();
  }

  @Override
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    if (isStuck()) {
      troubles.add("the event loop that asks the channels is blocked");
    }
    List<String> names = silent.stream().filter(doors::mustAnswer).toList();
    if (!names.isEmpty()) {
      troubles.add(HealthSource.trouble("channels do not answer", names));
    }
    return troubles;
  }

  /**
   * Returns whether the probe's own loop is blocked, so that it finds nothing out. Each question
   * leaves a task on the loop; a later question that finds this task waiting for longer than {@link
   * #PATIENCE_MS} knows that the loop is blocked. So the first question after a pause is not misled
   * by the pause.
   */
  private boolean isStuck() {
    long now = loop.nanoTime();
    long since = calledAt.get();
    if (since != NOT_ASKED) {
      return now - since > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    }
    if (calledAt.compareAndSet(NOT_ASKED, now == NOT_ASKED ? 1 : now)) {
      loop.later(() -> calledAt.set(NOT_ASKED));
    }
    return false;
  }

  // ---- rounds

  private void begin() {
    roundBegan = loop.nanoTime();
    round = doors.all().iterator();
    goOn();
  }

  private void goOn() {
    if (closed) {
      return;
    }
    for (int i = 0; i < PINGS_PER_TURN && round.hasNext() && doubted.size() < MAX_DOUBTED; i++) {
      String id = round.next();
      if (!doubted.contains(id)) {
        ask(id);
      }
    }
    if (round.hasNext()) {
      timer = loop.after(PAUSE_MS, this::goOn);
    } else {
      long gone = TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - roundBegan);
      timer = loop.after(Math.max(PAUSE_MS, ROUND_MS - gone), this::begin);
    }
  }

  private void ask(String id) {
    long asked = loop.nanoTime();
    doors
        .ping(id, PATIENCE_MS)
        .onFailure(
            e -> {
              if (doubted.size() < MAX_DOUBTED && doubted.add(id)) {
                askAgainAfter(id, asked);
              }
            });
  }

  /**
   * Asks again once the patience for the last ping is over. A ping to an address without a handler
   * fails at once; its channel gets the same time as one that leaves the ping unanswered.
   */
  private void askAgainAfter(String id, long asked) {
    long gone = TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - asked);
    loop.after(Math.max(1, PATIENCE_MS - gone), () -> askAgain(id));
  }

  private void askAgain(String id) {
    if (closed || !doors.mustAnswer(id)) {
      forget(id);
      return;
    }
    long asked = loop.nanoTime();
    doors
        .ping(id, silent.contains(id) ? LONG_PATIENCE_MS : PATIENCE_MS)
        .onSuccess(
            answer -> {
              if (forget(id)) {
                logger.info("channel {} answers again", id);
              }
            })
        .onFailure(
            e -> {
              if (doors.mustAnswer(id) && silent.add(id)) {
                logger.warn("channel {} does not answer: {}", id, e.getMessage());
              }
              askAgainAfter(id, asked);
            });
  }

  private boolean forget(String id) {
    doubted.remove(id);
    return silent.remove(id);
  }
}
