package io.eric.log.file;

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
 * One file of the log. The writer appends to the newest; any thread may read what is in it while it
 * holds it. Its length is known to the writer only.
 */
final class Segment {

  private static final String SUFFIX = ".log";

  /**
   * Digits of any script: a segment that was made under a default locale with digits of its own, by
   * a version that named files in them, is still one.
   */
  private static final Pattern NAME = Pattern.compile("(\\p{Nd}{10})\\.log");

  final long number;
  final Path file;
  final FileChannel channel;

  /** How many entries of it are in an index: it can go when there are none. */
  final AtomicInteger live = new AtomicInteger();

  /** Where the next record goes. */
  long length;

  /** Its entries are being dropped, because the disk is wanted. */
  boolean condemned;

  private int readers;
  private boolean retired;

  private Segment(long number, Path file, FileChannel channel, long length) {
    this.number = number;
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  /** Makes a new, empty one. */
  static Segment create(Path directory, long number) throws IOException {
    Path file = file(directory, number);
    FileChannel channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, 0);
  }

  /** Opens one that is there, whatever digits its name is written in. */
  static Segment open(Path file, long number) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, channel.size());
  }

  /** Where a segment of this number is made. */
  static Path file(Path directory, long number) {
    return directory.resolve(String.format(Locale.ROOT, "%010d%s", number, SUFFIX));
  }

  /** The number of the segment that has this file name, or -1 if it is none. */
  static long number(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? Long.parseLong(name.group(1)) : -1; // which reads digits of any script
  }

  /** Appends bytes; if it fails, they may be there in part. */
  void write(byte[] bytes, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    long at = length;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  /** Reads bytes at a place, all of them. */
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

  /** Closes it when nobody holds it any more. */
  synchronized void close() throws IOException {
    retired = true;
    if (readers == 0) {
      channel.close();
    }
  }
}
