package io.eric.cluster.admin;

import io.eric.internal.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the socket of a node is. It lies in a directory that only its owner may enter, so nobody
 * else reaches it, not even between its creation and its mode.
 */
public final class AdminSocket {

  private static final String DIRECTORY = "admin";
  private static final String FILE = "socket";

  /** The size of the kernel's {@code sun_path} without its NUL. */
  private static final int MAX_PATH = 107;

  private static final int MOST_SLOTS = 5;

  private AdminSocket() {}

  /** Returns the path of a node's socket. */
  static Path in(Path nodeDirectory) {
    return nodeDirectory.resolve(DIRECTORY).resolve(FILE);
  }

  /**
   * Makes room for the socket of a node that has locked its directory, so that a socket which is
   * there is nobody's.
   *
   * @throws IOException saying why there can be none
   */
  static Path prepare(Path nodeDirectory) throws IOException {
    Path socket = in(nodeDirectory);
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "the path of a Unix socket has at most "
              + MAX_PATH
              + " bytes, "
              + socket
              + " has "
              + length
              + ": choose a shorter cluster.directory");
    }
    Path directory = nodeDirectory.resolve(DIRECTORY);
    if (!Files.isDirectory(directory)) {
      PrivateFiles.createDirectory(directory);
    } else if (PrivateFiles.isOpenToOthers(directory)) {
      throw new IOException(
          directory
              + " has the mode "
              + PrivateFiles.mode(directory)
              + ", it must be rwx------, because who reaches the socket in it can do everything");
    }
    Files.deleteIfExists(socket);
    return socket;
  }

  /** Keeps others out, also if the directory is opened to them later. */
  static Path makePrivate(Path socket) throws IOException {
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    return socket;
  }

  /**
   * Returns the sockets of the nodes that keep their messages in a cluster directory, whether they
   * run or not.
   *
   * @param node only the one of this slot; empty for all
   */
  public static List<Path> find(Path clusterDirectory, String node) {
    Path directory = clusterDirectory.toAbsolutePath().normalize();
    Stream<Path> slots =
        node.isEmpty()
            ? IntStream.rangeClosed(1, MOST_SLOTS)
                .mapToObj(slot -> directory.resolve(Integer.toString(slot)))
            : Stream.of(directory.resolve(node));
    return Stream.concat(Stream.of(directory), slots)
        .map(AdminSocket::in)
        .filter(Files::exists)
        .toList();
  }
}
