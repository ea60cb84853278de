package io.eric.internal.protocol;

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

  private final Map<StreamState, StreamDigest> sums = new EnumMap<>(StreamState.class);

  /** No streams. */
  public StreamTallies() {
    for (StreamState state : StreamState.values()) {
      sums.put(state, new StreamDigest());
    }
  }

  /** A stream's number among streams in one state, and all their numbers, in no order. */
  public record Tally(int count, long digest) implements WireRecord {

    @Override
    public void write(WireOutput out) {
      out.putInt(count).putLong(digest);
    }

    static Tally read(WireInput in) {
      return new Tally(in.getInt(), in.getLong());
    }
  }

  /** What is compared. Streams that end are in none: their edges are being told. */
  public record Snapshot(Tally reading, Tally waiting, Tally unsettled, Tally live)
      implements WireRecord {

    /** How many streams these are. */
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
   * A stream changes its state.
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

  /** How many streams are in this state. */
  public int count(StreamState state) {
    return sum(state).count();
  }

  /** A digest of the streams in this state. */
  public long digest(StreamState state) {
    return sum(state).value();
  }

  /** As it is now. */
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
