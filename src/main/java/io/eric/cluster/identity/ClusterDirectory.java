package io.eric.cluster.identity;

import io.eric.RepositoryException;
import io.eric.internal.Boot;
import io.eric.internal.IoReason;
import io.eric.internal.PrivateFiles;
import io.eric.options.ClusterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk of a node: which node this is, and what it knows of the cluster. Without {@code
 * cluster.members} the nodes are on this machine and share the directory, in which each has a slot;
 * else the directory is this node's own. No two nodes, of whatever process, have the same until
 * {@link #close}.
 *
 * <p>All methods but the plain getters use the disk, so they must not be called on an event loop.
 * For any thread.
 */
public final class ClusterDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterDirectory.class);

  private static final int MOST_SLOTS = 5;

  /** How long another process may take to find its place. */
  private static final long PATIENCE_MS = 10_000;

  private static final long POLL_MS = 10;

  private final DirectoryLock lock;
  private final NodeFiles files;
  private final Applicant applicant;

  private ClusterDirectory(
      DirectoryLock lock, NodeFiles files, Seat own, List<Seat> seats, int groups) {
    this.lock = lock;
    this.files = files;
    this.applicant = new Applicant(own.node(), files.storage(), groups, seats);
  }

  /**
   * Finds this node's place and takes it.
   *
   * @throws IllegalArgumentException naming the setting that is missing, or by which no place, or
   *     more than one, was found
   * @throws RepositoryException naming the directory or the file if all places are taken, or the
   *     disk cannot be used, or a file is damaged
   */
  public static ClusterDirectory open(ClusterOptions options) {
    return open(options, LocalNames.ofThisMachine(), Boot.id());
  }

  static ClusterDirectory open(ClusterOptions options, LocalNames machine, String boot) {
    refuseUnnamed(options);
    Path path = Path.of(options.getDirectory()).toAbsolutePath().normalize();
    try {
      boolean alone = !options.getMembers().isEmpty();
      Seats members = alone ? Seats.of(options) : null;
      Seat own = members == null ? null : members.own(options, machine);
      create(path);
      refuseOtherUse(path, alone);
      ClusterDirectory opened =
          members == null || own == null
              ? openSlot(path, options, boot)
              : openOwn(path, own, members.all(), options, boot);
      opened.warn(options);
      return opened;
    } catch (IOException e) {
      throw new RepositoryException(
          "the cluster directory " + path + " cannot be used: " + IoReason.of(e), e);
    }
  }

  private static void refuseUnnamed(ClusterOptions options) {
    if (options.getDirectory().isEmpty()) {
      throw new IllegalArgumentException(
          "setting \"cluster.directory\": a node of a cluster keeps all messages on the disk, so it"
              + " has to be told where");
    } else if (options.getMembers().isEmpty() && options.getSize() == 0) {
      throw new IllegalArgumentException(
          "setting \"cluster.members\": it has to name all nodes; if they share this machine and"
              + " cluster.directory, set cluster.size to their number");
    }
  }

  private static void create(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new RepositoryException(
          "the cluster directory "
              + path
              + " cannot be made: there is no directory "
              + parent
              + "; make it, or name another one in cluster.directory",
          null);
    }
    ensureDirectory(path);
  }

  /** Two processes may make the same directory at the same moment. */
  private static void ensureDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      try {
        PrivateFiles.createDirectory(path);
        Forcing.force(Forcing.parent(path)); // else a loss of power takes what was forced in it
      } catch (IOException e) {
        if (!Files.isDirectory(path)) {
          throw e;
        }
      }
    }
  }

  private static void refuseOtherUse(Path path, boolean alone) {
    if (alone && new SlotPorts(path).exists()) {
      throw new RepositoryException(
          "the cluster directory "
              + path
              + " is that of several nodes on one machine, and cluster.members is set: name another"
              + " one in cluster.directory",
          null);
    } else if (!alone && NodeFiles.isNodeDirectory(path)) {
      throw new RepositoryException(
          "the cluster directory "
              + path
              + " is that of a node of cluster.members, which is not set: set it, or name another"
              + " one in cluster.directory",
          null);
    }
  }

  private static ClusterDirectory openOwn(
      Path path, Seat own, List<Seat> seats, ClusterOptions options, String boot)
      throws IOException {
    DirectoryLock lock = DirectoryLock.tryTake(path);
    if (lock == null) {
      throw inUse(path);
    }
    return open(path, lock, own, seats, options, boot);
  }

  private static RepositoryException inUse(Path path) {
    return new RepositoryException(
        "the cluster directory "
            + path
            + " is in use by "
            + DirectoryLock.holderName(path)
            + ": each node needs one of its own, which cluster.directory names",
        null);
  }

  private static ClusterDirectory openSlot(Path path, ClusterOptions options, String boot)
      throws IOException {
    List<Seat> seats;
    try (DirectoryLock machine = takeInTurn(path)) {
      LOG.debug("{} is locked as {}", path, machine);
      int slots = slots(path, options.getSize());
      List<Integer> ports = new SlotPorts(path).ensure(slots, options.getHost());
      seats =
          IntStream.range(0, slots)
              .mapToObj(i -> seat(i + 1, options.getHost(), ports.get(i)))
              .toList();
    }
    List<String> holders = new ArrayList<>();
    for (Seat seat : candidates(seats, options.getNode())) {
      Path slot = path.resolve(seat.node());
      ensureDirectory(slot);
      DirectoryLock lock = DirectoryLock.tryTake(slot);
      if (lock != null) {
        return open(slot, lock, seat, seats, options, boot);
      }
      holders.add(seat.node() + " by " + DirectoryLock.holderName(slot));
    }
    if (!options.getNode().isEmpty()) {
      throw new RepositoryException(
          "the place of node "
              + String.join(", ", holders)
              + " is taken in the cluster directory "
              + path
              + "; without cluster.node the first free one of "
              + seats.size()
              + " is used",
          null);
    }
    throw new RepositoryException(
        "the cluster directory "
            + path
            + " has no free place for a node: of the "
            + seats.size()
            + " that cluster.size allows, these are taken: "
            + String.join(", ", holders),
        null);
  }

  private static Seat seat(int slot, String host, int raftPort) {
    return new Seat(Integer.toString(slot), host, raftPort, raftPort + 1);
  }

  private static List<Seat> candidates(List<Seat> seats, String node) {
    if (node.isEmpty()) {
      return seats;
    }
    List<Seat> named = seats.stream().filter(each -> each.node().equals(node)).toList();
    if (named.isEmpty()) {
      throw new IllegalArgumentException(
          "cluster.node is "
              + node
              + ", it must be one of "
              + String.join(", ", seats.stream().map(Seat::node).toList()));
    }
    return named;
  }

  /** Returns how many nodes there are: what was agreed on counts, and else the setting. */
  private static int slots(Path path, int size) {
    for (int slot = 1; slot <= MOST_SLOTS; slot++) {
      Membership formed = NodeFiles.formedIn(path.resolve(Integer.toString(slot)));
      if (formed != null) {
        return formed.members().size();
      }
    }
    return size;
  }

  private static DirectoryLock takeInTurn(Path path) throws IOException {
    long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (true) {
      DirectoryLock lock = DirectoryLock.tryTake(path);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw inUse(path);
      }
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw inUse(path);
      }
    }
  }

  private static ClusterDirectory open(
      Path path,
      DirectoryLock lock,
      Seat own,
      List<Seat> seats,
      ClusterOptions options,
      String boot)
      throws IOException {
    try {
      NodeFiles files = NodeFiles.open(path, own.node(), options.getFsync(), boot);
      return new ClusterDirectory(lock, files, own, seats, options.getGroups());
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void warn(ClusterOptions options) {
    Agreement agreement = files.agreement();
    int size = applicant.seats().size();
    if (agreement != null && agreement.isFormed()) {
      Membership formed = agreement.membership();
      size = formed.members().size();
      if (options.getGroups() != formed.groups()) {
        LOG.warn(
            "cluster.groups is {}, but the cluster was formed with {}, which counts",
            options.getGroups(),
            formed.groups());
      }
      if (options.getMembers().isEmpty() && options.getSize() != size) {
        LOG.warn(
            "cluster.size is {}, but the cluster was formed with {} nodes, which counts",
            options.getSize(),
            size);
      }
      if (!applicant.seats().equals(formed.seats())) {
        LOG.warn(
            "the settings name the nodes {}, but the cluster consists of {}, which counts",
            applicant.seats(),
            formed.seats());
      }
    }
    if (size == 2) {
      LOG.warn("the cluster has two nodes and needs both: three nodes can do without one of them");
    }
  }

  /** Returns this node's name. */
  public String node() {
    return applicant.node();
  }

  /** Returns the random name of this disk's contents. */
  public String storage() {
    return applicant.storage();
  }

  /** Returns what this node says of itself when the cluster is formed: the settings. */
  public Applicant applicant() {
    return applicant;
  }

  /** Returns the node's own directory. */
  public Path path() {
    return files.directory();
  }

  /** Returns where the node's replicas keep their logs; it exists. */
  public Path raftDirectory() {
    return files.raft();
  }

  /**
   * Returns the places of all nodes, this one included: those that were agreed on, and before that
   * those of the settings.
   */
  public List<Seat> seats() {
    Agreement agreement = files.agreement();
    return agreement != null && agreement.isFormed()
        ? agreement.membership().seats()
        : applicant.seats();
  }

  /**
   * Returns what this node has agreed to; null if nothing yet.
   *
   * @throws RepositoryException naming the file if it is damaged
   */
  public @Nullable Agreement agreement() {
    return files.agreement();
  }

  /**
   * Records what this node agrees to. It is on the disk when this returns.
   *
   * @throws RepositoryException if the disk refuses; whether it is recorded is unknown then
   */
  public void record(Agreement agreement) {
    try {
      files.record(agreement);
    } catch (IOException e) {
      throw new RepositoryException(
          "the membership of the cluster cannot be written: " + IoReason.of(e), e);
    }
  }

  /** Gives the place back. To be called when nothing writes there any more. Idempotent. */
  @Override
  public void close() {
    lock.close();
  }
}
