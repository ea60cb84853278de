package io.eric.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a store as the end of its process would leave them at this moment. */
final class StoreCopy {

  private StoreCopy() {}

  /** Copies a directory whose store may be at work, until nothing has changed meanwhile. */
  static Path of(Path directory, Path to) {
    try {
      for (int i = 0; i < 1000; i++) {
        Path copy = Files.createTempDirectory(to, "copy");
        try {
          Map<String, String> before = look(directory);
          for (String name : before.keySet()) {
            Files.copy(directory.resolve(name), copy.resolve(name));
          }
          if (before.equals(look(directory))) {
            return copy;
          }
        } catch (java.nio.file.NoSuchFileException e) {
          continue; // deleted meanwhile
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("the store never rests");
  }

  private static Map<String, String> look(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(directory)) {
      for (Path file : list.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("lock") && !name.equals("reserve")) {
          files.put(name, Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
      }
    }
    return files;
  }
}
