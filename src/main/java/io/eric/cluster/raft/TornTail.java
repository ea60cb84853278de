package io.eric.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a crash has left half written at the end of a group's log. It was never on the disk
 * as a whole, so this node has acknowledged nothing of it, but Ratis refuses a log that has it.
 *
 * <p>An entry is half written if a part of it was not written at all: the file is filled with zeros
 * beforehand, and the disk writes a sector wholly or not. A crash may leave whole entries behind
 * such a one, because a disk writes in any order before it is told to force; none of them was
 * acknowledged. So a disk that reads zeros where it had forced something else is not noticed. An
 * entry that is damaged otherwise is left alone, and so the start fails: what follows it may have
 * been acknowledged.
 *
 * <p>A log file has a header, then the entries: each its length in a variable number of bytes, its
 * bytes, and the CRC32C of both.
 */
final class TornTail {

  private static final Logger logger = LoggerFactory.getLogger(TornTail.class);

  private static final String NEWEST = "log_inprogress_";
  private static final int HEADER = 8;
  private static final int CHECKSUM = 4;
  private static final int SECTOR = 512;

  private TornTail() {}

  /** Repairs the newest log file of a group, if there is one. */
  static void repair(Path group) throws IOException {
    Path log = group.resolve("current");
    if (Files.notExists(log)) {
      return;
    }
    List<Path> newest;
    try (Stream<Path> files = Files.list(log)) {
      newest = files.filter(file -> String.valueOf(file.getFileName()).startsWith(NEWEST)).toList();
    }
    for (Path file : newest) {
      repairFile(file);
    }
  }

  private static void repairFile(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      int whole = HEADER;
      for (int next = end(bytes, whole); next > 0; next = end(bytes, whole)) {
        whole = next;
      }
      if (whole < bytes.limit() && isTorn(bytes, whole)) {
        logger.warn(
            "{} ends in an entry that a crash has left half written: its {} bytes from byte {} on"
                + " are removed",
            file,
            bytes.limit() - whole,
            whole);
        channel.truncate(whole);
        channel.force(true);
      }
    }
  }

  /** Returns where the entry at a place ends; -1 if there is no whole one. */
  private static int end(ByteBuffer bytes, int from) {
    int end = claimedEnd(bytes, from);
    if (end < 0 || end > bytes.limit()) {
      return -1;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(from, end - CHECKSUM - from));
    return (int) crc.getValue() == bytes.getInt(end - CHECKSUM) ? end : -1;
  }

  /** Returns where the entry at a place ends as its length has it; -1 if it has no length. */
  private static int claimedEnd(ByteBuffer bytes, int from) {
    long length = 0;
    for (int i = 0; i < 5 && from + i < bytes.limit(); i++) {
      byte next = bytes.get(from + i);
      length |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        long end = from + i + 1 + length + CHECKSUM;
        return length == 0 || end > Integer.MAX_VALUE ? -1 : (int) end;
      }
    }
    return -1;
  }

  private static boolean isTorn(ByteBuffer bytes, int from) {
    int dataEnd = bytes.limit();
    while (dataEnd > from && bytes.get(dataEnd - 1) == 0) {
      dataEnd--;
    }
    if (dataEnd == from) {
      return false; // only the zeros that the file is filled with
    }
    int end = claimedEnd(bytes, from);
    if (end < 0 || end > dataEnd) {
      return true; // its first bytes, or its last ones, were not written
    }
    for (int sector = (from + SECTOR - 1) / SECTOR * SECTOR;
        sector + SECTOR <= end;
        sector += SECTOR) {
      if (isZero(bytes, sector)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isZero(ByteBuffer bytes, int sector) {
    for (int i = 0; i < SECTOR; i++) {
      if (bytes.get(sector + i) != 0) {
        return false;
      }
    }
    return true;
  }
}
