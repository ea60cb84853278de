package io.eric.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a process, which can be set. It needs the library of Debian's package {@code
 * libfaketime}. The monotonic clock goes on as it is.
 */
final class Clock {

  private final Path library;
  private final Path offset;

  private Clock(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /** Makes a clock that is right, or none without the library. */
  static Optional<Clock> of(Path offset) throws IOException {
    try (Stream<Path> files = Files.find(Path.of("/usr/lib"), 3, (path, its) -> isLibrary(path))) {
      return files.findFirst().map(library -> new Clock(library, offset));
    }
  }

  private static boolean isLibrary(Path path) {
    return path.endsWith("faketime/libfaketimeMT.so.1");
  }

  /** Sets the clock to so many seconds from now, for all processes with this environment. */
  void jump(long seconds) throws IOException {
    Path next = offset.resolveSibling(offset.getFileName() + ".next");
    Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + "\n");
    Files.move(next, offset, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  Map<String, String> environment() throws IOException {
    jump(0);
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        offset.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX", // else a JVM waits ten times as long as it should
        "0",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "NO_FAKE_STAT",
        "1");
  }
}
