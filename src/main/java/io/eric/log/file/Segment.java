package io.eric.log.file;

import io.eric.internal.PrivateFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the log. The writer appends to the newest segment. Any thread may read a segment that
 * it {@linkplain #hold holds}. Only the writer uses the length.
 */
final class Segment {

  private static final String SUFFIX = ".log";

  /**
   * Matches digits of any script, because an earlier version named segments by the digits of the
   * default locale.
   */
  private static final Pattern NAME = Pattern.compile("(\\p{Nd}{10})\\.log");

  final long number;
  final Path file;
  final FileChannel channel;

  /**
   * How many of the segment's entries are kept in an index: it can be deleted when there are none.
   */
  final AtomicInteger live = new AtomicInteger();

  /** The offset of the next record, in bytes. */
  long length;

  /** Whether the segment's entries are being dropped, because the disk is at its limit. */
  boolean condemned;

  private int readers;
  private boolean retired;

  private Segment(long number, Path file, FileChannel channel, long length) {
    this.number = number;
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  /** Creates a new, empty segment. */
  static Segment create(Path directory, long number) throws IOException {
    Path file = file(directory, number);
    FileChannel channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, 0);
  }

  /** Opens an existing segment, whatever script the digits of its name are of. */
  static Segment open(Path file, long number) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, channel.size());
  }

  /** Returns the file that a new segment of this number gets. */
  static Path file(Path directory, long number) {
    return directory.resolve(String.format(Locale.ROOT, "%010d%s", number, SUFFIX));
  }

  /** Returns the number of the segment that has this file name, or -1 if it is not a segment's. */
  static long number(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    // parseLong reads digits of any script.
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /** Appends bytes. If that fails, a part of them may be in the file. */
  void write(byte[] bytes, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    long at = length;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  /**
   * Reads bytes at an offset.
   *
   * @throws EOFException if the file ends before the last of them
   */
  void read(byte[] bytes, int count, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, at + buffer.position());
      if (read < 0) {
        throw new EOFException(file + " ends before offset " + (at + count));
      }
    }
  }

  /** Keeps the file open until {@link #release}, even if it is deleted. */
  synchronized void hold() {
    readers++;
  }

  synchronized void release() throws IOException {
    if (--readers == 0 && retired) {
      channel.close();
    }
  }

  /** Deletes the file. A reader that holds it can read on. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
    close();
  }

  /** Closes the file as soon as no reader holds it. */
  synchronized void close() throws IOException {
    retired = true;
    if (readers == 0) {
      channel.close();
    }
  }
}
