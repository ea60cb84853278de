package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Where a {@link io.eric.log.file.FileStore FileStore} keeps its files, what its acknowledgements
 * mean, and its limits. Sizes are in bytes, times in milliseconds.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class FileStoreOptions {

  /** When written data is forced to the disk, and so what an acknowledgement means. */
  public enum Fsync {
    /**
     * Data is forced before it is acknowledged, so acknowledged messages survive a loss of power.
     * What has piled up meanwhile is forced together.
     */
    @JsonProperty("always")
    ALWAYS,
    /**
     * Data is forced at most {@link FileStoreOptions#getFsyncInterval} after it was acknowledged.
     * Acknowledged messages survive any end of the process, and all but those of the last moments
     * survive a loss of power.
     */
    @JsonProperty("interval")
    INTERVAL,
    /**
     * Data is forced when a segment is full, and otherwise when the operating system decides to.
     * Acknowledged messages survive the end of the process; those that the system has written by
     * then survive a loss of power.
     */
    @JsonProperty("never")
    NEVER
  }

  private static final int MIN_SEGMENT = 64 << 10;
  private static final int MAX_SEGMENT = 1 << 30;

  private String directory = "eric-store";
  private Fsync fsync = Fsync.INTERVAL;
  private long fsyncInterval = 100;
  private int segmentBytes = 64 << 20;
  private long diskLimit = 4L << 30;
  private int queueBytes = 64 << 20;
  private int cacheBytes = 32 << 20;

  /** Creates options that have the defaults. */
  public FileStoreOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public FileStoreOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public FileStoreOptions(FileStoreOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the store's directory, which is not blank and belongs to one store of one process at a
   * time. It is created if it is missing, but its parent is not. A relative path is resolved
   * against the working directory. The default is {@code eric-store}.
   */
  public String getDirectory() {
    return directory;
  }

  /** See {@link #getDirectory()}. */
  public FileStoreOptions setDirectory(String directory) {
    if (Objects.requireNonNull(directory, "directory").isBlank()) {
      throw new IllegalArgumentException("directory must not be empty");
    }
    this.directory = directory;
    return this;
  }

  /** Returns what an acknowledgement means. The default is {@link Fsync#INTERVAL}. */
  public Fsync getFsync() {
    return fsync;
  }

  /** See {@link #getFsync()}. */
  public FileStoreOptions setFsync(Fsync fsync) {
    this.fsync = Objects.requireNonNull(fsync, "fsync");
    return this;
  }

  /**
   * Returns how long acknowledged messages may be unforced under {@link Fsync#INTERVAL}, and
   * committed cursors under {@link Fsync#ALWAYS}. The range is 1 ms to ten years, the default 100
   * ms.
   */
  public long getFsyncInterval() {
    return fsyncInterval;
  }

  /** See {@link #getFsyncInterval()}. */
  public FileStoreOptions setFsyncInterval(long fsyncInterval) {
    this.fsyncInterval = Range.between("fsyncInterval", fsyncInterval, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how large a file grows before the next one is begun. A file is deleted when nothing in
   * it is needed any more, so smaller files free the disk sooner. The range is 64 KiB to 1 GiB, the
   * default 64 MiB.
   */
  public int getSegmentBytes() {
    return segmentBytes;
  }

  /** See {@link #getSegmentBytes()}. */
  public FileStoreOptions setSegmentBytes(int segmentBytes) {
    this.segmentBytes = Range.between("segmentBytes", segmentBytes, MIN_SEGMENT, MAX_SEGMENT);
    return this;
  }

  /**
   * Returns how much disk the files may take. Beyond that, the oldest file is deleted, and what
   * listeners had not read in it becomes a gap for them, as at a channel's own limit. The last
   * files are always kept, so the limit is exceeded by up to two of them. The minimum is 64 KiB,
   * the default 4 GiB.
   */
  public long getDiskLimit() {
    return diskLimit;
  }

  /** See {@link #getDiskLimit()}. */
  public FileStoreOptions setDiskLimit(long diskLimit) {
    this.diskLimit = Range.atLeast("diskLimit", diskLimit, MIN_SEGMENT);
    return this;
  }

  /**
   * Returns how many bytes of messages of all channels together may wait for the disk; beyond that,
   * appends fail with {@link io.eric.UnavailableException}. The minimum is 64 KiB, the default 64
   * MiB.
   */
  public int getQueueBytes() {
    return queueBytes;
  }

  /** See {@link #getQueueBytes()}. */
  public FileStoreOptions setQueueBytes(int queueBytes) {
    this.queueBytes = Range.atLeast("queueBytes", queueBytes, MIN_SEGMENT);
    return this;
  }

  /**
   * Returns how many bytes of the newest messages of all channels together are kept in memory too,
   * so that a reader that is a little behind does not read from the disk; 0 means none. The minimum
   * is 0, the default 32 MiB.
   */
  public int getCacheBytes() {
    return cacheBytes;
  }

  /** See {@link #getCacheBytes()}. */
  public FileStoreOptions setCacheBytes(int cacheBytes) {
    this.cacheBytes = Range.atLeast("cacheBytes", cacheBytes, 0);
    return this;
  }
}
