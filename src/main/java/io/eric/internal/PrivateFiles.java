package io.eric.internal;

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
 * Creates files that only their owner may read, because messages are confidential (CWE-732). The
 * mode is given with the call that creates the file, so there is no moment at which it is wider.
 */
public final class PrivateFiles {

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private PrivateFiles() {}

  /** Creates a directory with mode 0700. */
  public static void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, attributes("rwx------"));
  }

  /** Opens a file. If the call creates the file, its mode is 0600. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), attributes("rw-------"));
  }

  /** Returns whether others than the owner have any permission; false if that cannot be read. */
  public static boolean isOpenToOthers(Path path) {
    try {
      return hasModes() && !OWNERS.containsAll(Files.getPosixFilePermissions(path));
    } catch (IOException gone) {
      return false;
    }
  }

  /** Returns the mode as {@code ls} shows it. */
  public static String mode(Path path) throws IOException {
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
