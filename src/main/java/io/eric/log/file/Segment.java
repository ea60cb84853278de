package io.eric.log.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file of the log. The writer appends to the newest; any thread may read what is in it while it
 * holds it. Its length is known to the writer only.
 */
final class Segment {

  private static final String SUFFIX = ".log";

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
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, 0);
  }

  /** Opens one that is there. */
  static Segment open(Path directory, long number) throws IOException {
    Path file = file(directory, number);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Segment(number, file, channel, channel.size());
  }

  private static Path file(Path directory, long number) {
    return directory.resolve("%010d%s".formatted(number, SUFFIX));
  }

  /** The number of the segment that has this file name, or -1 if it is none. */
  static long number(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.matches("\\d{10}\\.log") ? Long.parseLong(name.substring(0, 10)) : -1;
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

  /** Deletes the file; who holds it can read on. */
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
