package io.eric.log.file;

import io.eric.RepositoryException;
import io.eric.internal.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that holds the store's state as it was at one place of the log, and says which segments
 * belong to the log. It is replaced as a whole, so there is always a complete one.
 */
final class CheckpointFile {

  private static final String NAME = "checkpoint";

  /** Stands in the checksums where a segment has its number. */
  private static final long FILE = 0;

  private final StoreDirectory directory;
  private final FileFormat format = new FileFormat();
  private final Path file;
  private final Path next;

  CheckpointFile(StoreDirectory directory) {
    this.directory = directory;
    this.file = directory.path.resolve(NAME);
    this.next = directory.path.resolve(NAME + ".new");
  }

  boolean exists() {
    return Files.exists(file);
  }

  /**
   * Replaces the checkpoint. The new one is on the disk when this returns.
   *
   * @return the length of the file in bytes
   */
  int write(List<LogRecord> records) throws IOException {
    RecordOutput bytes = new RecordOutput(1 << 16);
    for (LogRecord record : records) {
      int start = bytes.length();
      bytes.skip(FileFormat.FRAME);
      RecordCodec.write(record, bytes);
      format.seal(bytes, start, FILE, start);
    }
    try (FileChannel channel =
        PrivateFiles.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.array(), 0, bytes.length());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      deleteUnfinished(e);
      throw e;
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try {
      directory.force();
    } catch (IOException e) {
      // Whether the new checkpoint is there is unknown now, so the caller must not try another way.
      throw new UncheckedIOException(e);
    }
    return bytes.length();
  }

  private void deleteUnfinished(IOException why) {
    try {
      Files.deleteIfExists(next);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Reads the checkpoint.
   *
   * @throws RepositoryException naming the file and the offset if it is not as it was written
   */
  List<LogRecord> read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    List<LogRecord> records = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int length = bytes.length - at < FileFormat.FRAME ? -1 : format.length(bytes, at, FILE, at);
      if (length < 0
          || length > bytes.length - at - FileFormat.FRAME
          || !format.isIntact(bytes, at, length, FILE, at)) {
        throw Recovery.corrupt(file, at, "the checkpoint is damaged");
      }
      try {
        records.add(RecordCodec.read(new RecordInput(bytes, at + FileFormat.FRAME, length)));
      } catch (IllegalStateException e) {
        throw Recovery.corrupt(file, at, String.valueOf(e.getMessage()));
      }
      at += FileFormat.FRAME + length;
    }
    if (records.isEmpty()
        || !(records.get(0) instanceof LogRecord.Checkpoint)
        || !(records.get(records.size() - 1) instanceof LogRecord.End)) {
      throw Recovery.corrupt(file, at, "the checkpoint is not complete");
    }
    return records;
  }
}
