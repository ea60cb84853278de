package io.eric.log.file;

import io.eric.options.FileStoreOptions;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link FileStore} does at a moment; counters count since it was opened.
 *
 * @param problem what keeps it from writing, {@code null} if nothing does
 * @param queuedBytes messages that wait for the disk
 * @param diskBytes what the segments take
 * @param segments how many there are
 * @param writes how many times it has written
 * @param writtenBytes how much
 * @param forced how many times it has forced what was written to the disk
 * @param refused appends that were refused because too much waited
 * @param failed writes that have failed
 * @param overflowed segments that were given up at {@link FileStoreOptions#getDiskLimit}
 */
public record FileStoreStatus(
    @Nullable String problem,
    long queuedBytes,
    long diskBytes,
    int segments,
    long writes,
    long writtenBytes,
    long forced,
    long refused,
    long failed,
    long overflowed) {

  /** Whether the store cannot write at this moment, so that publishers are refused. */
  public boolean isFailing() {
    return problem != null;
  }
}
