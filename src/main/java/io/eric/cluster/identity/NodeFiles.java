package io.eric.cluster.identity;

import io.eric.RepositoryException;
import io.eric.internal.PrivateFiles;
import io.eric.options.ClusterOptions.Fsync;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one node has on its disk: the name of these contents, its agreement, its replicas. */
final class NodeFiles {

  private static final Logger LOG = LoggerFactory.getLogger(NodeFiles.class);

  private static final String IDENTITY = "identity";
  private static final String MEMBERSHIP = "membership";
  private static final String RAFT = "raft";
  private static final String LOST = "lost";

  private static final String REMEDY = "empty its directory, whose node is then a new member";

  private final Path directory;
  private final String storage;
  private final StateFile<Agreement> agreementFile;

  /** The name of the contents, the node that they belong to, the boot that may lose some. */
  private record Identity(String storage, String node, String unforcedBoot) {

    JsonObject toJson() {
      return new JsonObject()
          .put("storage", storage)
          .put("node", node)
          .put("unforcedBoot", unforcedBoot);
    }

    static Identity from(JsonObject json) {
      return new Identity(
          Json.text(json, "storage"), Json.text(json, "node"), Json.text(json, "unforcedBoot"));
    }
  }

  private NodeFiles(Path directory, String storage) {
    this.directory = directory;
    this.storage = storage;
    this.agreementFile = agreementFile(directory);
  }

  private static StateFile<Agreement> agreementFile(Path directory) {
    return new StateFile<>(
        directory.resolve(MEMBERSHIP), Agreement::toJson, Agreement::from, REMEDY);
  }

  private static StateFile<Identity> identityFile(Path directory) {
    return new StateFile<>(directory.resolve(IDENTITY), Identity::toJson, Identity::from, REMEDY);
  }

  static boolean isNodeDirectory(Path directory) {
    return identityFile(directory).exists() || agreementFile(directory).exists();
  }

  /**
   * Opens the directory of a node, which the caller has locked, and gives its contents a name if
   * there are none yet.
   *
   * @param boot the present boot of the machine; empty if the system does not tell
   * @throws RepositoryException naming what is damaged or missing
   */
  static NodeFiles open(Path directory, String node, Fsync fsync, String boot) throws IOException {
    StateFile<Identity> file = identityFile(directory);
    Identity known = file.read();
    if (known != null && mayHaveForgotten(known, boot)) {
      LOG.warn(
          "cluster.fsync is interval and the machine was restarted, so that {} may lack what this"
              + " node has agreed to: its contents were moved to {} and count as lost; the node is"
              + " a new, empty member",
          directory,
          directory.resolve(LOST));
      setAside(directory);
      known = null;
    }
    Identity now = known == null ? fresh(directory, node) : known;
    Path raft = directory.resolve(RAFT);
    if (!Files.isDirectory(raft)) {
      if (known != null) {
        throw new RepositoryException(
            directory
                + " has an identity, but the directory "
                + raft
                + " is missing, and with it what this node has voted for: restore it, or "
                + REMEDY,
            null);
      }
      PrivateFiles.createDirectory(raft); // before there is an identity, so that its loss is seen
      Forcing.force(directory);
    }
    if (!now.node.equals(node)) {
      throw new RepositoryException(
          directory
              + " belongs to node "
              + now.node
              + ", and this is node "
              + node
              + ": name another directory in cluster.directory, or the node in cluster.node",
          null);
    }
    Identity next = new Identity(now.storage, node, unforced(directory, now, fsync, boot));
    if (!next.equals(known)) {
      file.write(next);
    }
    NodeFiles files = new NodeFiles(directory, next.storage);
    files.check(node);
    return files;
  }

  private static Identity fresh(Path directory, String node) throws IOException {
    Path raft = directory.resolve(RAFT);
    if (agreementFile(directory).exists() || !isEmpty(raft)) {
      throw new RepositoryException(
          directory
              + " has a membership or replicas, but the file "
              + directory.resolve(IDENTITY)
              + " is missing: restore it, or "
              + REMEDY,
          null);
    }
    return new Identity(UUID.randomUUID().toString().replace("-", ""), node, "");
  }

  private static boolean mayHaveForgotten(Identity identity, String boot) {
    return !identity.unforcedBoot.isEmpty()
        && !boot.isEmpty()
        && !identity.unforcedBoot.equals(boot);
  }

  /** Returns the boot whose end loses something: none once everything is on the disk. */
  private static String unforced(Path directory, Identity now, Fsync fsync, String boot)
      throws IOException {
    if (fsync == Fsync.INTERVAL) {
      return boot;
    }
    if (!now.unforcedBoot.isEmpty()) {
      // Not the whole directory: closing the lock file would release the lock.
      Forcing.forceTree(directory.resolve(RAFT));
    }
    return "";
  }

  /**
   * Moves the contents away. The identity goes last: as long as it is here, the next start after a
   * crash begins anew.
   */
  private static void setAside(Path directory) throws IOException {
    Path lost = directory.resolve(LOST);
    if (Files.exists(lost.resolve(IDENTITY))) {
      deleteTree(lost); // of an earlier loss, and complete
    }
    if (!Files.isDirectory(lost)) {
      PrivateFiles.createDirectory(lost);
    }
    for (String each : List.of(MEMBERSHIP, RAFT, IDENTITY)) {
      if (Files.exists(directory.resolve(each))) {
        Files.move(directory.resolve(each), lost.resolve(each), StandardCopyOption.ATOMIC_MOVE);
        Forcing.force(directory);
      }
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return !Files.exists(directory);
    }
    try (Stream<Path> content = Files.list(directory)) {
      return content.findAny().isEmpty();
    }
  }

  private void check(String node) throws IOException {
    Agreement agreement = agreement();
    if (agreement == null && !isEmpty(raft())) {
      throw new RepositoryException(
          directory
              + " has replicas, but the file "
              + agreementFile.path()
              + " is missing: restore it, or "
              + REMEDY,
          null);
    }
    if (agreement != null && !agreement.membership().has(node, storage)) {
      throw new RepositoryException(
          agreementFile.path()
              + " does not name node "
              + node
              + " with the contents "
              + storage
              + " of this directory: files of two nodes or two times are mixed here; restore them,"
              + " or "
              + REMEDY,
          null);
    }
  }

  /**
   * Returns the membership that a node has recorded as formed; null if it has none that can be
   * read.
   */
  static @Nullable Membership formedIn(Path directory) {
    try {
      Agreement agreement = agreementFile(directory).read();
      return agreement == null || !agreement.isFormed() ? null : agreement.membership();
    } catch (RepositoryException e) {
      LOG.debug("the node of {} will say so itself", directory, e);
      return null;
    }
  }

  String storage() {
    return storage;
  }

  Path directory() {
    return directory;
  }

  Path raft() {
    return directory.resolve(RAFT);
  }

  @Nullable Agreement agreement() {
    return agreementFile.read();
  }

  void record(Agreement agreement) throws IOException {
    agreementFile.write(agreement);
  }
}
