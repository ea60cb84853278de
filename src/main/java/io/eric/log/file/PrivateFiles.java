package io.eric.log.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Makes files that nobody but their owner may read: messages are nobody else's business (CWE-732).
 * The mode is given with the call that makes the file, so there is no moment at which it is wider.
 */
final class PrivateFiles {

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private PrivateFiles() {}

  /** Makes a directory, mode 0700. */
  static void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, attributes("rwx------"));
  }

  /** Opens a file; one that this makes has mode 0600. */
  static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), attributes("rw-------"));
  }

  /** Whether others than the owner may do anything with what is there. */
  static boolean isOpenToOthers(Path path) {
    try {
      return hasModes() && !OWNERS.containsAll(Files.getPosixFilePermissions(path));
    } catch (IOException gone) {
      return false;
    }
  }

  /** The mode as {@code ls} shows it. */
  static String mode(Path path) throws IOException {
    return hasModes() ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : "?";
  }

  private static FileAttribute<?>[] attributes(String mode) {
    return hasModes()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean hasModes() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
