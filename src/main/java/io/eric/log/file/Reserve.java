package io.eric.log.file;

import io.eric.internal.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that only takes room. It is given up when the disk is full, so that there is room for a
 * checkpoint, after which segments that are no longer needed can be deleted.
 */
final class Reserve {

  private static final int MIN_BYTES = 1 << 20;

  private final Path file;
  private long bytes;

  Reserve(StoreDirectory directory) {
    this.file = directory.path.resolve("reserve");
  }

  /** Reserves room for a checkpoint of this size in bytes, if the disk has it. */
  void take(int checkpointBytes) {
    long wanted = Math.max(MIN_BYTES, 2L * checkpointBytes);
    if (bytes >= wanted) {
      return;
    }
    try (FileChannel channel =
        PrivateFiles.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(MIN_BYTES);
      for (long written = 0; written < wanted; written += zeros.position()) {
        zeros.clear();
        channel.write(zeros);
      }
      bytes = wanted;
    } catch (IOException e) {
      giveUp();
    }
  }

  /** Frees the room; returns false if there was none. */
  boolean giveUp() {
    bytes = 0;
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      return false;
    }
  }
}
