package io.eric.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a node keeps its directory. Some can be made full or slow, which takes root. */
final class Disk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Disk.class);

  /** What a disk is made of. */
  enum Kind {
    PLAIN,
    /** A small file system in memory, which can be full. */
    SMALL,
    /** A file system of its own in a file, all writes to which can be held up. */
    PAUSING
  }

  private final Path mount;
  private final Kind kind;

  private Disk(Path mount, Kind kind) {
    this.mount = mount;
    this.kind = kind;
  }

  /** Makes a disk of a kind, or a plain one where that cannot be. */
  static Disk of(Path mount, Kind kind) throws Exception {
    Files.createDirectories(mount);
    boolean isMade =
        switch (kind) {
          case PLAIN -> false;
          case SMALL -> Commands.status("mount -t tmpfs -o size=160m tmpfs " + mount) == 0;
          case PAUSING -> {
            Path image = mount.resolveSibling(mount.getFileName() + ".img");
            yield Commands.status("truncate -s 1G " + image) == 0
                && Commands.status("mkfs.ext4 -q -F " + image) == 0
                && Commands.status("mount -o loop " + image + ' ' + mount) == 0;
          }
        };
    return new Disk(mount, isMade ? kind : Kind.PLAIN);
  }

  Kind kind() {
    return kind;
  }

  /** The node's own directory on it. */
  Path directory() {
    return mount.resolve("cluster");
  }

  /** Writes a file until nothing more fits. */
  void fill() {
    byte[] chunk = new byte[64 * 1024];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      LOG.debug("{} is full", mount, full);
    }
  }

  /** Undoes {@link #fill}. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return mount.resolve("filler");
  }

  /** Holds up what is written, until {@link #resume}. */
  void pause() throws Exception {
    Commands.run("fsfreeze -f " + mount);
  }

  void resume() throws Exception {
    if (kind == Kind.PAUSING) {
      Commands.status("fsfreeze -u " + mount);
    }
  }

  @Override
  public void close() throws Exception {
    resume();
    if (kind != Kind.PLAIN) {
      Commands.status("umount -l " + mount);
    }
  }
}
