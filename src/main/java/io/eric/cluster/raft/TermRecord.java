package io.eric.cluster.raft;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps which term a group has reached, so that a node whose disk was full can start again.
 *
 * <p>Ratis 3.2.2 keeps the term, and for whom the node has voted in it, in a file that it replaces
 * as a whole. On a full disk it replaces it by an empty one: its {@code AtomicFileOutputStream}
 * moves what it could not write over what was there. A node that has forgotten its vote must not
 * vote again in the same term, or there may be two leaders. So it goes on in a term in which it
 * cannot have voted: beyond the last one that it has recorded by {@value #MARGIN}, because a record
 * is at most some seconds old, in which there is no time for so many elections; and by a random
 * number, because another node may have gone on in the same way in these seconds.
 *
 * <p>The record is written where it is, which needs no room on the disk. On one thread at a time.
 */
final class TermRecord {

  /** How far the term of a node whose votes are lost is at least from the last recorded one. */
  static final long MARGIN = 1_000_000;

  /** The bound of the random number. A million repairs fill a thousandth of what a term can be. */
  static final long SPREAD = 1L << 33;

  private static final Logger logger = LoggerFactory.getLogger(TermRecord.class);

  private static final String FILE = "term";
  private static final String VOTES = "raft-meta";
  private static final String TERM = "term";
  private static final String VOTED_FOR = "votedFor";

  /** A record fills a sector, which a disk writes wholly or not. */
  private static final int SECTOR = 512;

  private static final long NONE = -1;
  private static final int SIZE = Long.BYTES + Integer.BYTES;

  private final Path file;
  private long term = NONE;

  /**
   * Creates the record of a group.
   *
   * @param group the group's directory
   */
  TermRecord(Path group) {
    file = group.resolve(FILE);
  }

  /**
   * Records a term, unless it is the one that was recorded last. Blocks.
   *
   * @throws IOException if it cannot be written, for example because there is no record yet, and no
   *     room for the first one
   */
  void reached(long now) throws IOException {
    if (now == term) {
      return;
    }
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    sector.putLong(now).putInt(checksum(sector)).clear();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(sector, 0);
      channel.force(false);
    }
    term = now;
  }

  /** Lets a group go on whose votes are lost. */
  static void repair(Path group) throws IOException {
    Path votes = group.resolve("current").resolve(VOTES);
    if (Files.notExists(votes) || areWhole(votes)) {
      return;
    }
    long last = last(group.resolve(FILE));
    if (last == NONE) {
      throw new IOException(
          votes
              + " is damaged, and it is not known for whom this node has voted; empty its directory"
              + " and replace it (eric cluster replace)");
    }
    long next = last + MARGIN + ThreadLocalRandom.current().nextLong(SPREAD);
    logger.warn(
        "{} is damaged, as it is after the disk was full: this node goes on in term {}, in which it"
            + " has not voted",
        votes,
        next);
    write(votes, next);
  }

  private static boolean areWhole(Path votes) throws IOException {
    Properties read = new Properties();
    try (InputStream in = Files.newInputStream(votes)) {
      read.load(in);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return read.containsKey(TERM) && read.containsKey(VOTED_FOR);
  }

  /** Returns the last term that was recorded; {@link #NONE} if there is none, or it is damaged. */
  private static long last(Path file) throws IOException {
    if (Files.notExists(file)) {
      return NONE;
    }
    ByteBuffer record = ByteBuffer.wrap(Files.readAllBytes(file));
    boolean isWhole = record.limit() >= SIZE && record.getInt(Long.BYTES) == checksum(record);
    return isWhole ? record.getLong(0) : NONE;
  }

  private static int checksum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.slice(0, Long.BYTES));
    return (int) crc.getValue();
  }

  private static void write(Path votes, long term) throws IOException {
    Path written = votes.resolveSibling(VOTES + ".repaired");
    String text = TERM + '=' + term + '\n' + VOTED_FOR + "=\n";
    try (FileChannel channel =
        FileChannel.open(
            written,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(written, votes, StandardCopyOption.ATOMIC_MOVE);
  }
}
