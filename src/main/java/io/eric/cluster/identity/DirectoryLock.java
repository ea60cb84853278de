package io.eric.cluster.identity;

import io.eric.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one node to use a directory. The operating system's lock belongs to the process, and
 * the process loses it as soon as it closes <em>any</em> descriptor of the file. So the file is not
 * even opened while a node of this process has the lock; a second file says which process has it.
 * The methods exclude each other within the process for the same reason.
 */
final class DirectoryLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  private static final String FILE = "lock";
  private static final String HOLDER = "lock.holder";

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @return null if another node has it, of this process or another one
   */
  static @Nullable DirectoryLock tryTake(Path directory) throws IOException {
    synchronized (DirectoryLock.class) {
      String self = process(ProcessHandle.current());
      if (self.equals(holder(directory))) {
        return null;
      }
      FileChannel channel =
          PrivateFiles.open(
              directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          Files.writeString(directory.resolve(HOLDER), self);
          return new DirectoryLock(directory, channel);
        }
      } catch (IOException e) {
        channel.close();
        throw e;
      } catch (OverlappingFileLockException e) {
        LOG.debug("another copy of this class has the lock of {}", directory, e);
      }
      channel.close();
      return null;
    }
  }

  /** Returns the holder as a log names it; one that has crashed is named still. */
  static String holderName(Path directory) {
    String holder;
    try {
      holder = holder(directory);
    } catch (IOException e) {
      return "an unknown process";
    }
    int end = holder.indexOf(' ');
    return end < 0 ? "an unknown process" : "process " + holder.substring(0, end);
  }

  private static String holder(Path directory) throws IOException {
    try {
      return Files.readString(directory.resolve(HOLDER));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Names a process, also in containers, where each one has the number 1. */
  private static String process(ProcessHandle process) {
    return process.pid() + " " + process.info().startInstant().map(Object::toString).orElse("?");
  }

  /** Releases the lock. Idempotent. */
  @Override
  public void close() {
    synchronized (DirectoryLock.class) {
      if (!channel.isOpen()) {
        return;
      }
      try {
        Files.deleteIfExists(directory.resolve(HOLDER));
        channel.close();
      } catch (IOException e) {
        LOG.warn("the lock of {} could not be released before this process ends", directory, e);
      }
    }
  }
}
