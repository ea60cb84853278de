package io.eric.internal.protocol;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts an edge's streams of one channel by their states. Edge and channel each keep such tallies.
 * If the two are equal, both sides have the same streams in the same states. Each change costs a
 * few additions, whatever the number of streams.
 */
public final class StreamTallies {

  /** The tallies of an edge without streams. */
  public static final Snapshot NONE = new StreamTallies().snapshot();

  private final Map<StreamState, StreamDigest> sums = new EnumMap<>(StreamState.class);

  /** Counts no streams yet. */
  public StreamTallies() {
    for (StreamState state : StreamState.values()) {
      sums.put(state, new StreamDigest());
    }
  }

  /** The number of streams in one state, and a digest of their numbers. */
  public record Tally(int count, long digest) implements WireRecord {

    @Override
    public void write(WireOutput out) {
      out.putInt(count).putLong(digest);
    }

    static Tally read(WireInput in) {
      return new Tally(in.getInt(), in.getLong());
    }
  }

  /**
   * What the two sides compare. It leaves out streams that are ending, because their edges are
   * being told.
   */
  public record Snapshot(Tally reading, Tally waiting, Tally unsettled, Tally live)
      implements WireRecord {

    /** Returns the number of all these streams. */
    public int count() {
      return reading.count + waiting.count + unsettled.count + live.count;
    }

    @Override
    public void write(WireOutput out) {
      reading.write(out);
      waiting.write(out);
      unsettled.write(out);
      live.write(out);
    }

    static Snapshot read(WireInput in) {
      return new Snapshot(Tally.read(in), Tally.read(in), Tally.read(in), Tally.read(in));
    }
  }

  /**
   * Moves a stream from one state to another.
   *
   * @param before null if it was in none
   * @param after null if it is in none any more
   */
  public void changed(long stream, @Nullable StreamState before, @Nullable StreamState after) {
    if (before != null) {
      sum(before).remove(stream);
    }
    if (after != null) {
      sum(after).add(stream);
    }
  }

  /** Returns how many streams are in this state. */
  public int count(StreamState state) {
    return sum(state).count();
  }

  /** Returns a digest of the streams in this state. */
  public long digest(StreamState state) {
    return sum(state).value();
  }

  /** Returns the tallies as they are now. */
  public Snapshot snapshot() {
    return new Snapshot(
        tally(StreamState.READING),
        tally(StreamState.WAITING),
        tally(StreamState.LIVE_UNSETTLED),
        tally(StreamState.LIVE));
  }

  private Tally tally(StreamState state) {
    StreamDigest sum = sum(state);
    return new Tally(sum.count(), sum.value());
  }

  private StreamDigest sum(StreamState state) {
    return Objects.requireNonNull(sums.get(state));
  }
}
