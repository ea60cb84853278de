package io.eric.cluster.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Makes what was written durable. */
final class Forcing {

  private Forcing() {}

  /** Forces a file, or the names in a directory. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Forces a directory with all that is in it. */
  static void forceTree(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.filter(each -> Files.isRegularFile(each) || Files.isDirectory(each)).toList();
    }
    for (Path each : all) {
      force(each);
    }
  }

  /** Returns the directory that has this file. */
  static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent(), "a path below a directory");
  }
}
