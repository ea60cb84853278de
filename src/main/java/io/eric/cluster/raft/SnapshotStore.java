package io.eric.cluster.raft;

import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.SnapshotFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a group on the disk: each is a file with its term and index in its name, and
 * beside it a file with its MD5, from which Ratis sends it to a follower in pieces. While a
 * snapshot from the leader is installed, Ratis replaces the whole directory. Safe for any thread,
 * provided that one snapshot is written at a time.
 */
final class SnapshotStore implements StateMachineStorage {

  private static final Pattern NAME = SimpleStateMachineStorage.SNAPSHOT_REGEX;
  private static final String UNFINISHED = ".unfinished";

  /** Two, because the last but one may be on its way to a follower while the last is completed. */
  private static final int KEPT = 2;

  private static final int BUFFER = 64 << 10;

  private volatile @Nullable Path directory;

  /** The newest one that Ratis knows of. */
  private volatile @Nullable SingleFileSnapshotInfo latest;

  /** The newest one that is written; Ratis learns of it by {@link #publish}. */
  private volatile @Nullable SingleFileSnapshotInfo written;

  @Override
  public void init(RaftStorage storage) throws IOException {
    Path path = storage.getStorageDir().getStateMachineDir().toPath();
    directory = path;
    if (Files.notExists(path)) {
      putBack(path);
    }
    for (Path file : files(path)) {
      if (name(file).endsWith(UNFINISHED)) {
        Files.delete(file);
      }
    }
    latest = newest(path);
  }

  /**
   * Puts back the directory that an installation had moved away when the process ended. The log
   * still belongs to it, because Ratis changes the log after the directory.
   */
  private static void putBack(Path directory) throws IOException {
    Path parent = directory.getParent();
    String moved = name(directory) + ".tmp";
    if (parent != null) {
      for (Path file : files(parent)) {
        if (name(file).startsWith(moved)) {
          Files.move(file, directory, StandardCopyOption.ATOMIC_MOVE);
          return;
        }
      }
    }
    throw new IOException("the directory of snapshots " + directory + " is missing");
  }

  private Path directory() {
    Path path = directory;
    if (path == null) {
      throw new IllegalStateException("the group's storage is not open yet");
    }
    return path;
  }

  /**
   * Writes a snapshot and makes it durable.
   *
   * @param at the term and index of the last entry that the view contains
   * @return its size in bytes
   */
  long write(GroupView view, TermIndex at) throws IOException {
    Path path = directory();
    Path file =
        path.resolve(SimpleStateMachineStorage.getSnapshotFileName(at.getTerm(), at.getIndex()));
    Path unfinished = path.resolve(name(file) + UNFINISHED);
    boolean isThere = false;
    try {
      MD5Hash digest = write(view, unfinished);
      MD5FileUtil.saveMD5File(file.toFile(), digest);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      isThere = true;
      force(path);
      SingleFileSnapshotInfo info = new SingleFileSnapshotInfo(new FileInfo(file, digest), at);
      written = info;
      return info.getFile().getFileSize();
    } finally {
      if (!isThere) {
        Files.deleteIfExists(unfinished);
        Files.deleteIfExists(MD5FileUtil.getDigestFileForFile(file.toFile()).toPath());
      }
    }
  }

  private static MD5Hash write(GroupView view, Path unfinished) throws IOException {
    MessageDigest md5 = MD5FileUtil.newMD5();
    try (FileChannel channel =
            FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out =
            new BufferedOutputStream(
                new DigestOutputStream(Channels.newOutputStream(channel), md5), BUFFER)) {
      SnapshotFile.write(view, out);
      out.flush();
      channel.force(true);
    }
    return MD5Hash.newInstance(md5.digest());
  }

  /**
   * Lets Ratis know of the newest snapshot that is written.
   *
   * @return its index; -1 if there is none
   */
  long publish() {
    SingleFileSnapshotInfo candidate = written;
    SingleFileSnapshotInfo known = latest;
    if (candidate != null && (known == null || candidate.getIndex() > known.getIndex())) {
      latest = candidate;
      known = candidate;
    }
    return known == null ? -1 : known.getIndex();
  }

  /**
   * Looks for the snapshot that Ratis has installed, and makes it durable, which Ratis does not.
   *
   * @throws IOException if there is none
   */
  SingleFileSnapshotInfo installed() throws IOException {
    Path path = directory();
    SingleFileSnapshotInfo info = newest(path);
    if (info == null) {
      throw new IOException("no snapshot is in " + path + ", where one was installed");
    }
    Path file = info.getFile().getPath();
    force(file);
    force(MD5FileUtil.getDigestFileForFile(file.toFile()).toPath());
    force(path);
    Path parent = path.getParent();
    if (parent != null) {
      force(parent);
    }
    latest = info;
    return info;
  }

  /** Returns the newest snapshot that Ratis knows of. */
  @Override
  public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
    return latest;
  }

  /** Reads a snapshot. */
  static GroupView read(SingleFileSnapshotInfo info) throws IOException {
    Path file = info.getFile().getPath();
    try (InputStream in = Files.newInputStream(file)) {
      return SnapshotFile.read(in);
    } catch (IOException e) {
      throw new IOException("the snapshot " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void format() {
    // Ratis clears the directory itself.
  }

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy ignored) throws IOException {
    List<SingleFileSnapshotInfo> all = all(directory());
    all.sort(Comparator.comparing(SingleFileSnapshotInfo::getIndex).reversed());
    for (SingleFileSnapshotInfo old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      Path file = old.getFile().getPath();
      Files.deleteIfExists(file);
      Files.deleteIfExists(MD5FileUtil.getDigestFileForFile(file.toFile()).toPath());
    }
  }

  private static @Nullable SingleFileSnapshotInfo newest(Path directory) throws IOException {
    SingleFileSnapshotInfo newest = null;
    for (SingleFileSnapshotInfo each : all(directory)) {
      if (newest == null || each.getIndex() > newest.getIndex()) {
        newest = each;
      }
    }
    return newest;
  }

  private static List<SingleFileSnapshotInfo> all(Path directory) throws IOException {
    List<SingleFileSnapshotInfo> all = new ArrayList<>();
    for (Path file : files(directory)) {
      Matcher matcher = NAME.matcher(name(file));
      if (matcher.matches()) {
        FileInfo info = new FileInfo(file, MD5FileUtil.readStoredMd5ForFile(file.toFile()));
        long term = Long.parseLong(matcher.group(1));
        all.add(new SingleFileSnapshotInfo(info, term, Long.parseLong(matcher.group(2))));
      }
    }
    return all;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
