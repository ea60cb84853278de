package io.eric.bus;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts an edge's streams of one channel by their states. The edge keeps such tallies and the
 * channel does; if they are equal, both have the same streams in the same states. Each change costs
 * a few additions, whatever the number of streams.
 */
public final class StreamTallies {

  /** An edge without streams. */
  public static final Snapshot NONE = new StreamTallies().snapshot();

  private final Map<StreamState, Sum> sums = new EnumMap<>(StreamState.class);

  /** No streams. */
  public StreamTallies() {
    for (StreamState state : StreamState.values()) {
      sums.put(state, new Sum());
    }
  }

  /** A stream's number among streams in one state, and all their numbers, in no order. */
  public record Tally(int count, long digest) {}

  /** What is compared. Streams that end are in none: their edges are being told. */
  public record Snapshot(Tally reading, Tally waiting, Tally unsettled, Tally live) {

    /** How many streams these are. */
    public int count() {
      return reading.count + waiting.count + unsettled.count + live.count;
    }
  }

  /**
   * A stream changes its state.
   *
   * @param before null if it was in none
   * @param after null if it is in none any more
   */
  public void changed(long stream, @Nullable StreamState before, @Nullable StreamState after) {
    long mixed = mixed(stream);
    if (before != null) {
      sum(before).add(-1, -mixed);
    }
    if (after != null) {
      sum(after).add(1, mixed);
    }
  }

  /** How many streams are in this state. */
  public int count(StreamState state) {
    return sum(state).count;
  }

  /** As it is now. */
  public Snapshot snapshot() {
    return new Snapshot(
        sum(StreamState.READING).tally(),
        sum(StreamState.WAITING).tally(),
        sum(StreamState.LIVE_UNSETTLED).tally(),
        sum(StreamState.LIVE).tally());
  }

  private Sum sum(StreamState state) {
    return Objects.requireNonNull(sums.get(state));
  }

  /**
   * Spreads a number over 64 bits, so that sums of small numbers do not meet by chance. The
   * constants are those of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
   * generators", 2014).
   */
  private static long mixed(long number) {
    long bits = number + 0x9e3779b97f4a7c15L;
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    return bits ^ (bits >>> 31);
  }

  private static final class Sum {
    private int count;
    private long digest;

    private void add(int streams, long mixed) {
      count += streams;
      digest += mixed;
    }

    private Tally tally() {
      return new Tally(count, digest);
    }
  }
}
