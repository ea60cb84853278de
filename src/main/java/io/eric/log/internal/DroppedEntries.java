package io.eric.log.internal;

/**
 * Remembers what has been dropped from a lane: how many entries, up to which sequence, and why.
 * Entries are dropped oldest first, so everything dropped is older than everything kept.
 *
 * <p>Memory is bounded, so the number of entries that were dropped up to some sequence is known
 * only in part: for the latest runs of consecutive sequences (a lane that no messages of other
 * lanes interrupt is one run, however long), for one marked sequence, and for sequences before the
 * first entry. Elsewhere the answer is {@link #UNKNOWN}, never a guess.
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
   * Creates one for a lane that has dropped nothing yet.
   *
   * @param base everything up to this sequence is gone, and how many entries it was is not known
   * @param maxRuns how many runs to remember, a power of two
   */
  DroppedEntries(long base, int maxRuns) {
    this.base = base;
    this.maxRuns = maxRuns;
    this.through = base;
  }

  /**
   * Notes that everything up to a sequence was dropped before this object existed. How many entries
   * it was is not known.
   */
  void restore(long through, long throughOverflow) {
    this.base = through;
    this.through = through;
    this.throughOverflow = throughOverflow;
  }

  /** Returns how many entries were dropped, as far as known. */
  long count() {
    return count;
  }

  /** Returns the sequence of the last entry dropped. */
  long through() {
    return through;
  }

  /** Returns the sequence of the last entry dropped as overflow; 0 if there was none. */
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
   * Marks a sequence that a reader will ask for: the count up to it stays known until another one
   * is marked. The sequence must not be below {@link #through()}.
   */
  void mark(long sequence) {
    markSequence = sequence;
    markCount = count;
  }

  /**
   * Returns how many of the dropped entries have this sequence or a lower one, or {@link #UNKNOWN}.
   */
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

  /** Returns the last run that starts at or before a sequence, or -1. */
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
