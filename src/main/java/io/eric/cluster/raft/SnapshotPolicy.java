package io.eric.cluster.raft;

/**
 * Decides when a group's state is written as a snapshot: when the entries since the last one have
 * more bytes than the state, so that a message is written at most twice, and more than a minimum.
 * Safe for any thread.
 */
final class SnapshotPolicy {

  /**
   * The log that a restart reads, in bytes, even if the state is small. With half as much,
   * snapshots would be twice as frequent while batches come as fast as they can, and each of them
   * writes the state once more.
   */
  static final long MIN_LOG_BYTES = 128L << 20;

  private final long minLogBytes;

  // Guarded by this object.
  private long logBytes;
  private long stateBytes;
  private boolean underWay;

  SnapshotPolicy(long minLogBytes) {
    this.minLogBytes = minLogBytes;
  }

  /**
   * An entry has been applied.
   *
   * @return whether a snapshot is due; then {@link #begun} has to follow
   */
  synchronized boolean applied(int bytes) {
    logBytes += bytes;
    return !underWay && logBytes > Math.max(minLogBytes, stateBytes);
  }

  /** A snapshot has been begun, of the state after all entries so far. */
  synchronized void begun() {
    underWay = true;
    logBytes = 0;
  }

  /** The snapshot is complete. */
  synchronized void ended(long bytes) {
    underWay = false;
    stateBytes = bytes;
  }

  /** The snapshot could not be written. The next one waits as long as it would after a success. */
  synchronized void failed() {
    underWay = false;
  }

  /** The state has been replaced by that of a snapshot. */
  synchronized void restored(long bytes) {
    logBytes = 0;
    stateBytes = bytes;
  }
}
