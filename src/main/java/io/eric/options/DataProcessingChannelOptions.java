package io.eric.options;

import io.eric.work.DataProcessingChannel;
import io.vertx.core.json.JsonObject;

/**
 * Options of a {@link DataProcessingChannel}. Work should not get lost, so the default of {@link
 * #getOverflow} is {@link OverflowPolicy#REJECT} here: at the limit publishers are refused.
 */
public final class DataProcessingChannelOptions
    extends ChannelOptions<DataProcessingChannelOptions> {

  private int maxWorkers = Runtime.getRuntime().availableProcessors();
  private int maxResults = 1_024;
  private int maxLeases = 64;
  private long progressInterval = 1_000;

  /** The defaults. */
  public DataProcessingChannelOptions() {
    setOverflow(OverflowPolicy.REJECT);
  }

  /**
   * Reads settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static DataProcessingChannelOptions fromJson(JsonObject json) {
    DataProcessingChannelOptions options =
        JsonOptions.read(json, DataProcessingChannelOptions.class).checked();
    return options
        .setMaxWorkers(options.maxWorkers)
        .setMaxResults(options.maxResults)
        .setMaxLeases(options.maxLeases)
        .setProgressInterval(options.progressInterval);
  }

  @Override
  DataProcessingChannelOptions self() {
    return this;
  }

  /**
   * How many messages of one queue are under way at once in this JVM; 0 leaves all work to workers
   * on the event bus. Default: as many as there are processors.
   */
  public int getMaxWorkers() {
    return maxWorkers;
  }

  /** See {@link #getMaxWorkers()}. */
  public DataProcessingChannelOptions setMaxWorkers(int maxWorkers) {
    atLeast("maxWorkers", maxWorkers, 0);
    this.maxWorkers = maxWorkers;
    return this;
  }

  /**
   * How many messages of one queue may be under way with all workers or finished and waiting for
   * the consumer of the results, together. At this bound workers get no more: the queue keeps the
   * rest. Below {@link #getMaxWorkers} it leaves workers idle. Default 1,024.
   */
  public int getMaxResults() {
    return maxResults;
  }

  /** See {@link #getMaxResults()}. */
  public DataProcessingChannelOptions setMaxResults(int maxResults) {
    atLeast("maxResults", maxResults, 1);
    this.maxResults = maxResults;
    return this;
  }

  /** How many messages one worker on the event bus may have at once. Default 64. */
  public int getMaxLeases() {
    return maxLeases;
  }

  /** See {@link #getMaxLeases()}. */
  public DataProcessingChannelOptions setMaxLeases(int maxLeases) {
    atLeast("maxLeases", maxLeases, 1);
    this.maxLeases = maxLeases;
    return this;
  }

  /**
   * How often the progress is published while there is any, in milliseconds; 0 is never. Default 1
   * s.
   */
  public long getProgressInterval() {
    return progressInterval;
  }

  /** See {@link #getProgressInterval()}. */
  public DataProcessingChannelOptions setProgressInterval(long progressInterval) {
    atLeast("progressInterval", progressInterval, 0);
    this.progressInterval = progressInterval;
    return this;
  }
}
