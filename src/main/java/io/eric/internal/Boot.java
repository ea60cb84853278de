package io.eric.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Distinguishes one boot of this machine from the next, because only between two boots does the
 * system lose what it has not yet written to the disk.
 */
public final class Boot {

  private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  /** Returns a name of the present boot; empty where the system does not tell. */
  public static String id() {
    try {
      return Files.exists(LINUX) ? Files.readString(LINUX).strip() : "";
    } catch (IOException e) {
      return "";
    }
  }
}
