package io.eric.log.file;

import io.eric.options.FileStoreOptions;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a {@link FileStore} at one moment. Counters count since the store was opened.
 * Immutable, so safe for any thread.
 *
 * @param problem what keeps the store from writing, {@code null} if nothing does
 * @param queuedBytes the bytes that wait for the disk
 * @param diskBytes the bytes that the segments take
 * @param segments how many segments there are
 * @param writes how many times the store has written
 * @param writtenBytes how many bytes it has written
 * @param forced how many times it has forced what was written to the disk
 * @param refused how many appends were refused because too much waited
 * @param failed how many writes have failed
 * @param overflowed how many segments were given up at {@link FileStoreOptions#getDiskLimit}
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

  /** Returns whether the store cannot write at this moment, so that publishers are refused. */
  public boolean isFailing() {
    return problem != null;
  }
}
