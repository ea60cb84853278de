package io.eric.log.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells one boot of this machine from the next: only between them the system's memory is lost. */
final class Boot {

  private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  /** A name of the present boot; empty where the system does not tell. */
  static String id() {
    try {
      return Files.exists(LINUX) ? Files.readString(LINUX).strip() : "";
    } catch (IOException e) {
      return "";
    }
  }
}
