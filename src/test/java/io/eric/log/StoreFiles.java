package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.FileStoreOptions.Fsync;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A store's directory as a test fills and breaks it. */
final class StoreFiles {

  final FileStoreOptions options;
  private final Vertx vertx;
  private final Path parent;
  Path directory;

  StoreFiles(Vertx vertx, Path parent) {
    this.vertx = vertx;
    this.parent = parent;
    this.directory = parent.resolve("store");
    this.options =
        new FileStoreOptions()
            .setFsync(Fsync.INTERVAL)
            .setSegmentBytes(64 << 10)
            .setDiskLimit(128 << 20)
            .setCacheBytes(0);
  }

  FileStore open() {
    return FileStore.open(vertx, options.setDirectory(directory.toString())).await();
  }

  /** From now on, the files as they would be if the process had ended now. */
  void killed() {
    directory = StoreCopy.of(directory, parent);
  }

  static Entry entry(long sequence, String receiver, int size) {
    Payload payload = Payload.of(sequence + "x".repeat(size));
    return new Entry(sequence, 1000, receiver, "t", payload, null, null);
  }

  /** Appends broadcasts, one batch each. */
  static List<Entry> append(MessageLog log, int count, int size) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Entry entry = entry(log.lastSequence() + 1, null, size);
      log.append(List.of(entry)).await();
      entries.add(entry);
    }
    return entries;
  }

  static List<Entry> readAll(MessageLog log) {
    return log.read(0, null, Integer.MAX_VALUE, Integer.MAX_VALUE).await().entries();
  }

  /** The segments, oldest first. */
  List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  Path lastSegment() throws IOException {
    List<Path> segments = segments();
    return segments.get(segments.size() - 1);
  }

  static void flip(Path file, long offset, int bit) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      int was = access.read();
      assertThat(was).isNotNegative();
      access.seek(offset);
      access.write(was ^ 1 << bit);
    }
  }

  static void truncate(Path file, long length) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
  }
}
