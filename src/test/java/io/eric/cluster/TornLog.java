package io.eric.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Makes logs of a node that does not run end as a crash may have them end. */
final class TornLog {

  /** The length of a log file's header, which is written before any record. */
  private static final int HEADER = 8;

  private TornLog() {}

  /** Tears the newest log of some groups, at least one. */
  static void tear(Path directory, Random random) throws IOException {
    List<Path> logs;
    try (Stream<Path> files = Files.walk(directory)) {
      logs = files.filter(file -> file.getFileName().toString().startsWith("log_inp")).toList();
    }
    if (logs.isEmpty()) {
      throw new IOException("there is no log below " + directory);
    }
    int certain = random.nextInt(logs.size());
    for (int i = 0; i < logs.size(); i++) {
      if (i == certain || random.nextBoolean()) {
        tearFile(logs.get(i), random);
      }
    }
  }

  private static void tearFile(Path log, Random random) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      long end = file.length();
      byte[] bytes = new byte[(int) end];
      file.readFully(bytes);
      while (end > HEADER && bytes[(int) end - 1] == 0) {
        end--; // the file is filled with zeros beforehand
      }
      if (random.nextBoolean() && end > HEADER + 20) {
        file.setLength(end - 1 - random.nextInt(8));
        return;
      }
      // The beginning of a record of 100,000 bytes: its length, and some of it.
      file.setLength(end + 4); // the last record's checksum may end with zeros
      file.seek(end);
      byte[] begun = new byte[200];
      random.nextBytes(begun);
      file.write(new byte[] {(byte) 0xa0, (byte) 0x8d, 0x06});
      file.write(begun);
    }
  }
}
