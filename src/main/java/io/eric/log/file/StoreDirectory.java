package io.eric.log.file;

import io.eric.RepositoryException;
import io.eric.internal.IoReason;
import io.eric.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory that one store of one process has for itself until the store is closed. */
final class StoreDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);

  private static final String FORCE_FAILED = "fsync-failed";

  final Path path;
  private final FileChannel lockFile;

  private StoreDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Takes a directory, and creates it if it is missing.
   *
   * @throws RepositoryException naming the directory if another store has it, or it cannot be used
   */
  static StoreDirectory take(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    FileChannel channel = null;
    try {
      if (!Files.isDirectory(path)) {
        PrivateFiles.createDirectory(path);
      }
      channel =
          PrivateFiles.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new RepositoryException(
            "the store directory " + path + " is in use by another process", null);
      }
      StoreDirectory taken = new StoreDirectory(path, channel);
      taken.warnIfOthersMayRead();
      return taken;
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      throw new RepositoryException(
          "the store directory " + path + " is in use by another store of this process", e);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new RepositoryException(
          "the store directory " + path + " cannot be used: " + IoReason.of(e), e);
    } catch (RepositoryException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  /** Returns the files that are named like segments, by number. */
  SortedMap<Long, Path> segments() throws IOException {
    SortedMap<Long, Path> segments = new TreeMap<>();
    try (Stream<Path> files = Files.list(path)) {
      files.forEach(
          file -> {
            long number = Segment.number(file);
            Path other = number < 0 ? null : segments.put(number, file);
            if (other != null) {
              throw Recovery.corrupt(file, 0, "the file has the number of " + other);
            }
          });
    }
    return segments;
  }

  /**
   * Warns if other users may read the directory or its files. Files that an earlier version or
   * another program has created keep their modes.
   */
  private void warnIfOthersMayRead() throws IOException {
    long files;
    try (Stream<Path> all = Files.list(path)) {
      files = all.filter(PrivateFiles::isOpenToOthers).count();
    }
    if (PrivateFiles.isOpenToOthers(path) || files > 0) {
      LOG.warn(
          "others than the owner may use the store directory {} (mode {}) or {} of its files: chmod"
              + " -R go= keeps them out",
          path,
          PrivateFiles.mode(path),
          files);
    }
  }

  /**
   * Leaves a file which says that forcing to the disk has failed, so that the next start knows that
   * acknowledged messages may be lost.
   */
  void noteFailedToForce() {
    try {
      PrivateFiles.open(
              path.resolve(FORCE_FAILED), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
          .close();
    } catch (IOException e) {
      LOG.error("{} could not be written either", path.resolve(FORCE_FAILED), e);
    }
  }

  boolean hasFailedToForce() {
    return Files.exists(path.resolve(FORCE_FAILED));
  }

  void forgetFailedToForce() throws IOException {
    Files.deleteIfExists(path.resolve(FORCE_FAILED));
  }

  /** Makes the names of files durable. */
  void force() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Releases the directory, so that another store may take it. */
  @Override
  public void close() {
    closeQuietly(lockFile);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warn("a lock file could not be closed", e);
      }
    }
  }
}
