package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.eric.RepositoryException;
import io.eric.log.file.FileStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that are damaged anywhere: the store refuses them by name or serves nothing but what was
 * written, in order, and what it leaves out it leaves out in the open.
 */
class FileStoreDamageTest {

  private enum Damage {
    FLIP,
    OVERWRITE,
    TRUNCATE,
    APPEND
  }

  @TempDir private Path dir;

  @Test
  void nothingWrongIsServed() throws IOException {
    damageAll(60, 1);
  }

  @Test
  @Tag("soak")
  void nothingWrongIsServedHoweverOftenItIsTried() throws IOException {
    damageAll(2_000, System.nanoTime());
  }

  private void damageAll(int times, long seed) throws IOException {
    Vertx vertx = Vertx.vertx();
    try {
      for (boolean closed : new boolean[] {false, true}) {
        StoreFiles files = new StoreFiles(vertx, Files.createTempDirectory(dir, "original"));
        FileStore store = files.open();
        MessageLog log = store.open("c", RetentionOptions.DEFAULT).await();
        List<Entry> entries = StoreFiles.append(log, 150, 1000);
        if (closed) {
          store.close().await();
        }
        Path original = StoreCopy.of(files.directory, dir);
        store.close().await();
        for (int i = 0; i < times; i++) {
          Path copy = copy(original);
          new Case(vertx, copy, closed, log.epoch(), entries, seed + i).check();
        }
      }
    } finally {
      vertx.close().await();
    }
  }

  private Path copy(Path original) throws IOException {
    Path copy = Files.createTempDirectory(dir, "damaged");
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private record Case(
      Vertx vertx, Path directory, boolean closed, String epoch, List<Entry> entries, long seed) {

    void check() throws IOException {
      Random random = new Random(seed);
      Damage damage = Damage.values()[random.nextInt(Damage.values().length)];
      Path file = damage(damage, random);
      StoreFiles files = new StoreFiles(vertx, directory.getParent());
      files.directory = directory;
      FileStore store;
      try {
        store = files.open();
      } catch (RepositoryException e) {
        assertThat(e).hasMessageContaining(directory.toString()).hasMessageContaining("offset");
        return;
      }
      String what = "seed " + seed + ": " + damage + " of " + file + (closed ? ", closed" : "");
      MessageLog log = store.open("c", RetentionOptions.DEFAULT).await();
      List<Entry> read = StoreFiles.readAll(log);
      if (log.epoch().equals(epoch)) {
        assertThat(read).as(what).isEqualTo(entries.subList(0, read.size()));
        // A file that ends earlier than it did looks like one that was not written to its end.
        assertThat(read.size() == entries.size() || damage == Damage.TRUNCATE && !closed)
            .as(what + ": " + read.size())
            .isTrue();
      } else {
        int last = read.size() - 1;
        assertThat(read.get(last).type()).as(what).isEqualTo(Message.GAP);
        assertThat(read.subList(0, last)).as(what).isEqualTo(entries.subList(0, last));
      }
      store.close().await();
    }

    private Path damage(Damage damage, Random random) throws IOException {
      List<Path> files;
      try (Stream<Path> list = Files.list(directory)) {
        files = list.sorted().toList();
      }
      Path file = files.get(random.nextInt(files.size()));
      int size = (int) Files.size(file);
      switch (damage) {
        case FLIP -> StoreFiles.flip(file, random.nextInt(size), random.nextInt(8));
        case OVERWRITE -> {
          int from = random.nextInt(size);
          int count = Math.min(size - from, 1 + random.nextInt(2000));
          IntStream.range(from, from + count).forEach(at -> flipQuietly(file, at, random));
        }
        case TRUNCATE -> StoreFiles.truncate(file, random.nextInt(size));
        case APPEND -> {
          byte[] garbage = new byte[1 + random.nextInt(3000)];
          random.nextBytes(garbage);
          Files.write(file, garbage, StandardOpenOption.APPEND);
        }
      }
      return file;
    }

    private static void flipQuietly(Path file, long at, Random random) {
      try {
        StoreFiles.flip(file, at, random.nextInt(8));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
