package io.eric.socket;

import io.eric.internal.IoReason;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket. It replaces a stale socket, refuses to replace a live one, and has its
 * mode before a client can connect.
 *
 * <p>The socket is bound in a private directory beside its final place, gets its mode there, and is
 * then linked to its name. Between bind and chmod a socket has the mode that the umask leaves, and
 * every client that connects then would be served (CWE-367). Unlike a rename, a link also fails if
 * another server took the name meanwhile. Methods block.
 */
final class SocketFile {

  /**
   * The greatest length of a socket's path in bytes: the size of the kernel's {@code sun_path}
   * without its NUL.
   */
  static final int MAX_PATH = 107;

  private static final String BIND_NAME = "s";
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_SOCKET = 0140000;

  private final Path path;
  private final Set<PosixFilePermission> permissions;
  private final Path directory;
  private @Nullable Object published;

  /**
   * Prepares a place to bind the socket.
   *
   * @throws IOException saying why the path cannot be served
   */
  SocketFile(String path, Set<PosixFilePermission> permissions) throws IOException {
    this.path = Path.of(path).toAbsolutePath().normalize();
    this.permissions = permissions;
    Path parent = this.path.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("no directory for the socket " + this.path);
    }
    refuseOverlong(this.path);
    clear();
    this.directory = privateDirectory(parent);
    try {
      refuseOverlong(bindPath());
    } catch (IOException e) {
      Files.delete(directory);
      throw e;
    }
  }

  private static Path privateDirectory(Path parent) throws IOException {
    try {
      return Files.createTempDirectory(
          parent,
          ".e",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      // The random name that was tried would not help the reader.
      throw new IOException(
          "no socket can be made in " + parent + ": " + IoReason.withoutPath(e), e);
    }
  }

  /** Returns the path to bind at. */
  Path bindPath() {
    return directory.resolve(BIND_NAME);
  }

  /**
   * Gives the bound socket its mode and its name.
   *
   * @throws IOException if another server was faster, or the file system refuses
   */
  void publish() throws IOException {
    Files.setPosixFilePermissions(bindPath(), permissions);
    try {
      Files.createLink(path, bindPath());
    } catch (FileAlreadyExistsException e) {
      throw new IOException("another server has just taken the socket " + path, e);
    }
    published = identity();
    discard();
  }

  /** Removes the file, unless another server's file has taken its place. Idempotent. */
  void remove() throws IOException {
    discard();
    Object ours = published;
    published = null;
    if (ours != null && ours.equals(identity())) {
      Files.deleteIfExists(path);
    }
  }

  /** Removes the place of the bind; the bound socket remains under its name. */
  private void discard() throws IOException {
    Files.deleteIfExists(bindPath());
    Files.deleteIfExists(directory);
  }

  private @Nullable Object identity() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void refuseOverlong(Path path) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "the path of a Unix socket has at most "
              + MAX_PATH
              + " bytes, "
              + path
              + " has "
              + length
              + ": choose a shorter directory");
    }
  }

  /** Removes a socket without a server from the path, and refuses anything else that is there. */
  private void clear() throws IOException {
    int mode;
    try {
      mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException nothingThere) {
      return;
    }
    // A symbolic link is not followed, because its target may belong to another user (CWE-59).
    if ((mode & TYPE_MASK) != TYPE_SOCKET) {
      throw new IOException("there is something at " + path + " that is not a socket");
    }
    if (isServed()) {
      throw new IOException("a live server owns the socket " + path);
    }
    Files.deleteIfExists(path);
  }

  /** Returns whether a server listens at the path; it sees a connection without a request. */
  private boolean isServed() throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // The probe does not block: a server whose backlog is full would keep it waiting, and is
      // alive.
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (SocketException e) {
      if (String.valueOf(e.getMessage()).contains("refused")) {
        return false;
      }
      throw new IOException("who serves " + path + " cannot be found out: " + e.getMessage(), e);
    }
  }
}
