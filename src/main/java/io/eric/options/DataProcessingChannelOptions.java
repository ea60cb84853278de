package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * The settings of a {@link io.eric.work.DataProcessingChannel DataProcessingChannel}. Work should
 * not be lost, so the default of {@link #getOverflow} is {@link OverflowPolicy#REJECT} here: at the
 * limit publishers are refused.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class DataProcessingChannelOptions
    extends ChannelOptions<DataProcessingChannelOptions> {

  private int maxWorkers = Runtime.getRuntime().availableProcessors();
  private int maxResults = 1_024;
  private int maxLeases = 64;
  private long progressInterval = 1_000;

  /** Creates options that have the defaults. */
  public DataProcessingChannelOptions() {
    setOverflow(OverflowPolicy.REJECT);
  }

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public DataProcessingChannelOptions(JsonObject json) {
    this();
    read(json);
  }

  /** Copies options. */
  public DataProcessingChannelOptions(DataProcessingChannelOptions other) {
    this(other.toJson());
  }

  @Override
  DataProcessingChannelOptions self() {
    return this;
  }

  /**
   * Returns how many messages of one queue are processed at once in this JVM; 0 leaves all work to
   * workers on the event bus. The minimum is 0, the default the number of processors.
   */
  public int getMaxWorkers() {
    return maxWorkers;
  }

  /** See {@link #getMaxWorkers()}. */
  public DataProcessingChannelOptions setMaxWorkers(int maxWorkers) {
    this.maxWorkers = Range.atLeast("maxWorkers", maxWorkers, 0);
    return this;
  }

  /**
   * Returns how many messages of one queue may be with workers or finished and waiting for the
   * consumer of the results, together. At this limit workers get no more, and the queue keeps the
   * rest. A value below {@link #getMaxWorkers} leaves workers idle. The minimum is 1, the default
   * 1,024.
   */
  public int getMaxResults() {
    return maxResults;
  }

  /** See {@link #getMaxResults()}. */
  public DataProcessingChannelOptions setMaxResults(int maxResults) {
    this.maxResults = Range.atLeast("maxResults", maxResults, 1);
    return this;
  }

  /**
   * Returns how many messages one worker on the event bus may have at once. The minimum is 1, the
   * default 64.
   */
  public int getMaxLeases() {
    return maxLeases;
  }

  /** See {@link #getMaxLeases()}. */
  public DataProcessingChannelOptions setMaxLeases(int maxLeases) {
    this.maxLeases = Range.atLeast("maxLeases", maxLeases, 1);
    return this;
  }

  /**
   * Returns how often progress is published while there is any, in milliseconds; 0 means never. The
   * range is 0 to ten years, the default 1 s.
   */
  public long getProgressInterval() {
    return progressInterval;
  }

  /** See {@link #getProgressInterval()}. */
  public DataProcessingChannelOptions setProgressInterval(long progressInterval) {
    this.progressInterval =
        Range.between("progressInterval", progressInterval, 0, Range.TEN_YEARS_MS);
    return this;
  }
}
