package io.eric.log.internal;

/**
 * What has been dropped from a lane: how many entries, up to where, and why. Entries are dropped
 * oldest first, so all that was dropped lies before all that is kept.
 *
 * <p>How many were dropped up to some sequence is remembered in bounded memory: exactly for the
 * latest runs of consecutive sequences (a lane nobody else's messages interrupt is one run, however
 * long), for one marked sequence, and for what lies before the first entry. Elsewhere the answer is
 * {@link #UNKNOWN}, never a guess.
 */
final class DroppedEntries {

  /** The count cannot be determined. */
  static final long UNKNOWN = -1;

  private long base;
  private final int maxRuns;

  private long count;
  private long through;
  private long throughOverflow;
  private long first = Long.MAX_VALUE;
  private long markSequence = -1;
  private long markCount;

  /** A ring of runs: the first sequence of each, and how many entries were dropped before it. */
  private long[] starts = new long[1];

  private long[] counts = new long[1];
  private int oldest;
  private int runs;

  /**
   * Nothing dropped yet.
   *
   * @param base what was up to here in an earlier life is gone, and nobody knows how much it was
   * @param maxRuns how many runs to remember, a power of two
   */
  DroppedEntries(long base, int maxRuns) {
    this.base = base;
    this.maxRuns = maxRuns;
    this.through = base;
  }

  /** What was up to here was dropped before this object existed, and nobody knows how much. */
  void restore(long through, long throughOverflow) {
    this.base = through;
    this.through = through;
    this.throughOverflow = throughOverflow;
  }

  /** How many entries were dropped, as far as known. */
  long count() {
    return count;
  }

  /** The sequence of the last entry dropped. */
  long through() {
    return through;
  }

  /** The sequence of the last entry dropped as overflow; 0 if there was none. */
  long throughOverflow() {
    return throughOverflow;
  }

  /** Notes that the next entry was dropped. */
  void add(long sequence, boolean overflow) {
    if (count == 0) {
      first = sequence;
    }
    if (runs == 0 || sequence != through + 1) {
      beginRun(sequence);
    }
    count++;
    through = sequence;
    if (overflow) {
      throughOverflow = sequence;
    }
  }

  /**
   * Marks a sequence that somebody will ask for: the count of it stays known until another one is
   * marked. Only for one that is not before {@link #through()}.
   */
  void mark(long sequence) {
    markSequence = sequence;
    markCount = count;
  }

  /** How many of the dropped entries have this sequence or a lower one, or {@link #UNKNOWN}. */
  long upTo(long sequence) {
    if (sequence >= through) {
      return sequence >= base ? count : UNKNOWN;
    }
    if (sequence < base) {
      return UNKNOWN;
    }
    if (sequence < first) {
      return 0;
    }
    if (sequence == markSequence) {
      return markCount;
    }
    int run = runOf(sequence);
    if (run < 0) {
      return UNKNOWN;
    }
    long before = counts[at(run)];
    long after = run + 1 < runs ? counts[at(run + 1)] : count;
    return Math.min(before + sequence - starts[at(run)] + 1, after);
  }

  /** The last run that starts at or before a sequence, or -1. */
  private int runOf(long sequence) {
    int low = 0;
    int high = runs;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[at(middle)] <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private void beginRun(long sequence) {
    if (runs == maxRuns) {
      oldest = (oldest + 1) & (starts.length - 1);
      runs--;
    } else if (runs == starts.length) {
      starts = doubled(starts);
      counts = doubled(counts);
      oldest = 0;
    }
    starts[at(runs)] = sequence;
    counts[at(runs)] = count;
    runs++;
  }

  private long[] doubled(long[] ring) {
    long[] larger = new long[ring.length * 2];
    for (int i = 0; i < runs; i++) {
      larger[i] = ring[at(i)];
    }
    return larger;
  }

  private int at(int run) {
    return (oldest + run) & (starts.length - 1);
  }
}
