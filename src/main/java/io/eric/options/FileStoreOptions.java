package io.eric.options;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.eric.log.file.FileStore;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Where a {@link FileStore} keeps its files, what its acknowledgements mean, and its limits. Sizes
 * are in bytes, times in milliseconds.
 */
public final class FileStoreOptions {

  /** When what was written is forced to the disk, and so what an acknowledgement means. */
  public enum Fsync {
    /**
     * Before it is acknowledged: what was acknowledged survives a loss of power. What has piled up
     * meanwhile is forced together.
     */
    @JsonProperty("always")
    ALWAYS,
    /**
     * At most {@link FileStoreOptions#getFsyncInterval} after it was acknowledged: what was
     * acknowledged survives the end of the process however it comes, and all but the last moments
     * survive a loss of power.
     */
    @JsonProperty("interval")
    INTERVAL,
    /**
     * When the system pleases (and when a segment is full): survives the end of the process, and of
     * a loss of power what the system has written by then.
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

  /** The defaults. */
  public FileStoreOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static FileStoreOptions fromJson(JsonObject json) {
    FileStoreOptions options = JsonOptions.read(json, FileStoreOptions.class);
    return options
        .setDirectory(options.directory)
        .setFsyncInterval(options.fsyncInterval)
        .setSegmentBytes(options.segmentBytes)
        .setDiskLimit(options.diskLimit)
        .setQueueBytes(options.queueBytes)
        .setCacheBytes(options.cacheBytes);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * The store's directory, which is made if it is missing (its parent is not) and belongs to one
   * store of one process at a time; a relative path counts from the working directory. Default
   * {@code eric-store}.
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

  /** What an acknowledgement means. Default {@link Fsync#INTERVAL}. */
  public Fsync getFsync() {
    return fsync;
  }

  /** See {@link #getFsync()}. */
  public FileStoreOptions setFsync(Fsync fsync) {
    this.fsync = Objects.requireNonNull(fsync, "fsync");
    return this;
  }

  /**
   * How long what was acknowledged may be unforced under {@link Fsync#INTERVAL}, and committed
   * cursors under {@link Fsync#ALWAYS}; at least 1, default 100.
   */
  public long getFsyncInterval() {
    return fsyncInterval;
  }

  /** See {@link #getFsyncInterval()}. */
  public FileStoreOptions setFsyncInterval(long fsyncInterval) {
    this.fsyncInterval = atLeast("fsyncInterval", fsyncInterval, 1);
    return this;
  }

  /**
   * How large a file grows before the next one is begun: 64 KiB to 1 GiB, default 64 MiB. A file is
   * deleted when nothing in it is needed any more, so smaller ones free the disk sooner.
   */
  public int getSegmentBytes() {
    return segmentBytes;
  }

  /** See {@link #getSegmentBytes()}. */
  public FileStoreOptions setSegmentBytes(int segmentBytes) {
    if (segmentBytes < MIN_SEGMENT || segmentBytes > MAX_SEGMENT) {
      throw new IllegalArgumentException(
          "segmentBytes is " + segmentBytes + ", it must be " + MIN_SEGMENT + " to " + MAX_SEGMENT);
    }
    this.segmentBytes = segmentBytes;
    return this;
  }

  /**
   * How much disk the files may take. Beyond it, the oldest file goes: what listeners had not read
   * in it becomes a gap for them, as at a channel's own limit. The last files stay in any case, so
   * it is exceeded by up to two of them. At least 64 KiB, default 4 GiB.
   */
  public long getDiskLimit() {
    return diskLimit;
  }

  /** See {@link #getDiskLimit()}. */
  public FileStoreOptions setDiskLimit(long diskLimit) {
    this.diskLimit = atLeast("diskLimit", diskLimit, MIN_SEGMENT);
    return this;
  }

  /**
   * How many bytes of messages may wait for the disk, of all channels together; beyond it, appends
   * fail with {@link io.eric.UnavailableException}. At least 64 KiB, default 64 MiB.
   */
  public int getQueueBytes() {
    return queueBytes;
  }

  /** See {@link #getQueueBytes()}. */
  public FileStoreOptions setQueueBytes(int queueBytes) {
    this.queueBytes = (int) atLeast("queueBytes", queueBytes, MIN_SEGMENT);
    return this;
  }

  /**
   * How many bytes of the newest messages, of all channels together, are kept in memory too, so
   * that a reader that is a little behind does not read from the disk; 0 is none, default 32 MiB.
   */
  public int getCacheBytes() {
    return cacheBytes;
  }

  /** See {@link #getCacheBytes()}. */
  public FileStoreOptions setCacheBytes(int cacheBytes) {
    this.cacheBytes = (int) atLeast("cacheBytes", cacheBytes, 0);
    return this;
  }

  private static long atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
    return value;
  }
}
