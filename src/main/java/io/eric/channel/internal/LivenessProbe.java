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
 * Asks the doors of all channels of a hub in turn whether they answer. A channel whose event loop
 * is blocked, or at whose address nobody is, looks open to everybody else.
 *
 * <p>A channel is in trouble when it has left two pings unanswered, one after the other, each for
 * {@link #PATIENCE_MS}. A pause of the JVM stops this watch too, so that it costs a channel one of
 * the two at most; a busy second costs none. A refusal is an answer.
 *
 * <p>Costs: a round begins every {@link #ROUND_MS} at most, and asks {@link #PINGS_PER_TURN}
 * channels in a turn of the loop, with {@link #PAUSE_MS} between such turns; a hub of 100,000
 * channels is through in about three minutes. What waits at a blocked loop is bounded, too: at most
 * {@link #MAX_DOUBTED} channels are asked again, every minute once they are in trouble, and while
 * there are so many no others are asked.
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

  /** Those that have left a ping unanswered, and did not answer since. */
  private final Set<String> doubted = new HashSet<>();

  /** Those of them that are in trouble. */
  private final Set<String> silent = new ConcurrentSkipListSet<>();

  private final AtomicLong calledAt = new AtomicLong(NOT_ASKED);
  private Iterator<String> round = Collections.emptyIterator();
  private long roundBegan;
  private Loop.@Nullable Timer timer;
  private boolean closed;

  /** The channels of a hub, as a caller from outside sees them. */
  public interface Doors {

    /** All that have to answer; on the watch's loop. */
    List<String> all();

    /** Whether this one has to answer still; from any thread. */
    boolean mustAnswer(String id);

    /** Completed by any answer; fails if there is none in time, or nobody to ask. */
    Future<?> ping(String id, long timeoutMs);
  }

  public LivenessProbe(Loop loop, Doors doors) {
    this.loop = loop;
    this.doors = doors;
  }

  /** Starts to ask; from any thread. */
  public void start() {
    loop.later(this::begin);
  }

  /** Asks no more; from any thread. */
  public void close() {
    loop.later(
        () -> {
          closed = true;
          if (timer != null) {
            timer.cancel();
          }
        });
  }

  /** How many channels are in trouble, as far as it has asked. */
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
   * Whether its own loop is blocked, so that nothing is found out: whoever asks leaves a call
   * there, and whoever asks later finds it unheard. So the first who asks after a pause is not
   * misled.
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

  /** Who is not there at all says so at once; it gets the same time. */
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
