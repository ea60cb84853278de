package io.eric.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.RepositoryException;
import io.eric.cluster.identity.Agreement.Stage;
import io.eric.options.ClusterOptions;
import io.eric.options.ClusterOptions.Fsync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterDirectoryTest {

  private static final LocalNames MACHINE = new LocalNames(Set.of("eric-1"), Set.of("10.0.0.7"));

  @TempDir private Path dir;
  private final List<ClusterDirectory> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(ClusterDirectory::close);
  }

  private ClusterOptions options() {
    return new ClusterOptions().setDirectory(dir.resolve("c").toString()).setSize(3);
  }

  private ClusterDirectory open(ClusterOptions options, String boot) {
    ClusterDirectory opened = ClusterDirectory.open(options, MACHINE, boot);
    open.add(opened);
    return opened;
  }

  private ClusterDirectory open(ClusterOptions options) {
    return open(options, "boot");
  }

  private static Agreement agreement(ClusterDirectory of, Stage stage) {
    List<Member> members =
        of.applicant().seats().stream()
            .map(each -> each.with(each.node().equals(of.node()) ? of.storage() : "other"))
            .toList();
    return new Agreement(stage, 1, "1", new Membership("c1", 3, members));
  }

  @Test
  void aNodeHasToBeToldWhereItKeepsMessagesAndWhoTheOthersAre() {
    assertThatThrownBy(() -> open(new ClusterOptions().setSize(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("setting \"cluster.directory\": ");
    assertThatThrownBy(() -> open(options().setSize(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("setting \"cluster.members\": ")
        .hasMessageContaining("cluster.size");
    assertThat(dir).isEmptyDirectory();
  }

  // ---- slots

  @Test
  void nodesOfOneMachineTakeTheFreeSlotsAndComeBackToThem() {
    ClusterDirectory first = open(options());
    ClusterDirectory second = open(options());
    ClusterDirectory third = open(options());

    assertThat(List.of(first.node(), second.node(), third.node())).containsExactly("1", "2", "3");
    assertThat(Set.of(first.storage(), second.storage(), third.storage())).hasSize(3);
    assertThat(first.seats()).isEqualTo(second.seats()).isEqualTo(third.seats());
    Set<Integer> ports = new HashSet<>();
    first.seats().forEach(each -> ports.addAll(List.of(each.raftPort(), each.linkPort())));
    assertThat(ports).hasSize(6);

    second.close();
    ClusterDirectory again = open(options());

    assertThat(again.node()).isEqualTo("2");
    assertThat(again.storage()).isEqualTo(second.storage());
    assertThat(again.seats()).isEqualTo(first.seats());
    assertThat(again.raftDirectory()).isDirectory().isEqualTo(dir.resolve("c/2/raft"));
  }

  @Test
  void whenAllSlotsAreTakenTheDirectoryAndTheSizeAreNamed() {
    open(options().setSize(1));

    assertThatThrownBy(() -> open(options().setSize(1)))
        .isInstanceOf(RepositoryException.class)
        .hasMessage(
            "the cluster directory "
                + dir.resolve("c")
                + " has no free place for a node: of the 1 that cluster.size allows, these are"
                + " taken: 1 by process "
                + ProcessHandle.current().pid());
  }

  @Test
  void threadsThatRaceNeverShareASlot() throws Exception {
    for (int round = 0; round < 10; round++) {
      ClusterOptions options =
          new ClusterOptions().setDirectory(dir.resolve("r" + round).toString()).setSize(5);
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<ClusterDirectory>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          all.add(
              threads.submit(
                  () -> {
                    start.await();
                    return ClusterDirectory.open(options, MACHINE, "boot");
                  }));
        }
        start.countDown();
        Set<String> nodes = new TreeSet<>();
        for (Future<ClusterDirectory> each : all) {
          open.add(each.get(30, TimeUnit.SECONDS));
          nodes.add(each.get().node());
        }
        assertThat(nodes).containsExactly("1", "2", "3", "4", "5");
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void aSlotOfThisProcessStaysLockedForOthersAfterASecondNodeHasTriedIt() throws Exception {
    open(options());
    open(options());

    String tries =
        """
        import java.nio.channels.*; import java.nio.file.*;
        public class Try { public static void main(String[] a) throws Exception {
          FileChannel c = FileChannel.open(Path.of(a[0]), StandardOpenOption.WRITE);
          System.out.print(c.tryLock() == null ? "locked" : "free"); } }
        """;
    Path source = Files.writeString(dir.resolve("Try.java"), tries);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                source.toString(),
                dir.resolve("c/1/lock").toString())
            .start();

    assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("locked");
  }

  @Test
  void aHolderThatHasCrashedHoldsNothing() throws Exception {
    String storage;
    try (ClusterDirectory first = open(options())) {
      storage = first.storage();
    }
    Files.writeString(dir.resolve("c/1/lock.holder"), "1 2000-01-01T00:00:00Z");
    Files.writeString(dir.resolve("c/lock.holder"), "1 2000-01-01T00:00:00Z");

    assertThat(open(options()).storage()).isEqualTo(storage);
  }

  @Test
  void aNodeMayNameItsSlot() {
    assertThat(open(options().setNode("3")).node()).isEqualTo("3");
    assertThatThrownBy(() -> open(options().setNode("3"))).hasMessageContaining("3 by process");
    assertThatThrownBy(() -> open(options().setNode("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cluster.node is x, it must be one of 1, 2, 3");
  }

  @Test
  void moreSlotsKeepTheFormerPorts() {
    ClusterDirectory one = open(options().setSize(1));
    ClusterDirectory two = open(options().setSize(3));

    assertThat(two.seats()).hasSize(3).containsAll(one.seats());
  }

  @Test
  void aHostThatIsElsewhereIsRefused() {
    assertThatThrownBy(() -> open(options().setHost("192.0.2.1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cluster.host: 192.0.2.1 is no address of this machine, on which all nodes are unless"
                + " cluster.members names them");
  }

  @Test
  void whatWasFormedCountsAndNotTheSettings() {
    ClusterDirectory first = open(options());
    first.record(agreement(first, Stage.FORMED));
    List<Seat> formed = first.seats();
    first.close();

    assertThat(open(options().setSize(1)).seats()).isEqualTo(formed);
    assertThat(open(options().setSize(5)).node()).isEqualTo("2");
    assertThat(open(options().setSize(1)).node()).isEqualTo("3");
    assertThatThrownBy(() -> open(options().setSize(5))).hasMessageContaining("of the 3 that");
  }

  // ---- the disk

  @Test
  void anAgreementComesBack() {
    ClusterDirectory first = open(options());
    assertThat(first.agreement()).isNull();
    Agreement prepared = agreement(first, Stage.PREPARED);

    first.record(prepared);
    first.close();
    assertThat(open(options()).agreement()).isEqualTo(prepared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"c/ports", "c/1/identity", "c/1/membership"})
  void aDamagedFileIsRefusedByNameWhereverItIsCutOff(String name) throws IOException {
    try (ClusterDirectory first = open(options())) {
      first.record(agreement(first, Stage.FORMED));
    }
    Path file = dir.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> open(options()))
          .isInstanceOf(RepositoryException.class)
          .hasMessageStartingWith(file + " is damaged: ")
          .hasMessageContaining("restore it, or ");
    }
    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    Files.write(file, changed);
    assertThatThrownBy(() -> open(options())).hasMessageContaining("its checksum is wrong");
    Files.write(file, whole);
    assertThat(open(options()).agreement()).isNotNull();
  }

  @Test
  void aFileOfALaterVersionIsRefused() throws IOException {
    open(options()).close();
    new StateFile<String>(
            dir.resolve("c/1/identity"),
            each ->
                new io.vertx.core.json.JsonObject() {
                  @Override
                  public io.vertx.core.json.JsonObject put(String key, Object value) {
                    return super.put(key, 2);
                  }
                },
            each -> "",
            "")
        .write("");

    assertThatThrownBy(() -> open(options()))
        .hasMessage(dir.resolve("c/1/identity") + " has version 2, this program knows version 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"membership", "raft/log"})
  void contentsWithoutAnIdentityAreNotNew(String rest) throws IOException {
    open(options()).close();
    Files.delete(dir.resolve("c/1/identity"));
    Files.writeString(dir.resolve("c/1").resolve(rest), "x");

    assertThatThrownBy(() -> open(options()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageStartingWith(dir.resolve("c/1") + " has a membership or replicas, but the file ")
        .hasMessageContaining("identity is missing");
  }

  @Test
  void whatAKillBetweenTwoStepsLeavesIsNew() throws IOException {
    Files.createDirectories(dir.resolve("c/1/raft")); // before the identity
    Files.writeString(dir.resolve("c/1/identity.new"), "{");
    Files.writeString(dir.resolve("c/1/membership.new"), "{");
    Files.writeString(dir.resolve("c/ports.new"), "");

    ClusterDirectory opened = open(options());
    opened.record(agreement(opened, Stage.PREPARED));

    assertThat(opened.agreement()).isNotNull();
  }

  @Test
  void filesOfTwoTimesAreNotMixed() throws IOException {
    ClusterDirectory first = open(options());
    first.record(agreement(first, Stage.FORMED));
    first.close();
    byte[] membership = Files.readAllBytes(dir.resolve("c/1/membership"));
    Files.delete(dir.resolve("c/1/membership"));
    Files.delete(dir.resolve("c/1/identity"));
    open(options()).close();
    Files.write(dir.resolve("c/1/membership"), membership);

    assertThatThrownBy(() -> open(options()))
        .hasMessageContaining("membership does not name node 1 with the contents ")
        .hasMessageContaining("mixed");
  }

  @Test
  void theParentMustExist() {
    Path missing = dir.resolve("no/where");

    assertThatThrownBy(() -> open(options().setDirectory(missing.toString())))
        .isInstanceOf(RepositoryException.class)
        .hasMessage(
            "the cluster directory "
                + missing
                + " cannot be made: there is no directory "
                + dir.resolve("no")
                + "; make it, or name another one in cluster.directory");
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Files.writeString(dir.resolve("c"), "");

    assertThatThrownBy(() -> open(options()))
        .isInstanceOf(RepositoryException.class)
        .hasMessage(
            "the cluster directory "
                + dir.resolve("c")
                + " cannot be used: "
                + dir.resolve("c")
                + ": it exists already, and is no directory");
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsRefused() {
    assertThatThrownBy(() -> open(options().setDirectory("/proc/eric")))
        .isInstanceOf(RepositoryException.class)
        .hasMessageStartingWith("the cluster directory /proc/eric cannot be used: /proc/eric");
  }

  @Test
  void aDiskThatRefusesARecordSaysSo() throws IOException {
    ClusterDirectory first = open(options());
    Files.createDirectory(dir.resolve("c/1/membership.new"));

    assertThatThrownBy(() -> first.record(agreement(first, Stage.PREPARED)))
        .isInstanceOf(RepositoryException.class)
        .hasMessageStartingWith("the membership of the cluster cannot be written: ");
  }

  // ---- interval

  @Test
  void afterAnotherBootUnforcedContentsAreLost() throws IOException {
    ClusterOptions options = options().setFsync(Fsync.INTERVAL);
    ClusterDirectory first = open(options, "b1");
    first.record(agreement(first, Stage.FORMED));
    Files.writeString(first.raftDirectory().resolve("log"), "x");
    first.close();
    try (ClusterDirectory same = open(options, "b1")) {
      assertThat(same.storage()).isEqualTo(first.storage());
      assertThat(same.agreement()).isNotNull();
    }

    ClusterDirectory lost = open(options, "b2");

    assertThat(lost.node()).isEqualTo("1");
    assertThat(lost.storage()).isNotEqualTo(first.storage());
    assertThat(lost.agreement()).isNull();
    assertThat(lost.raftDirectory()).isEmptyDirectory();
    assertThat(dir.resolve("c/1/lost/raft/log")).hasContent("x");
    lost.close();
    assertThat(open(options, "b3").storage()).isNotEqualTo(lost.storage());
  }

  @Test
  void aLossThatWasInterruptedIsFinished() throws IOException {
    ClusterOptions options = options().setFsync(Fsync.INTERVAL);
    ClusterDirectory first = open(options, "b1");
    first.record(agreement(first, Stage.FORMED));
    first.close();
    Files.createDirectory(dir.resolve("c/1/lost"));
    Files.move(dir.resolve("c/1/membership"), dir.resolve("c/1/lost/membership"));

    ClusterDirectory lost = open(options, "b2");

    assertThat(lost.storage()).isNotEqualTo(first.storage());
    assertThat(dir.resolve("c/1/lost/membership")).exists();
    assertThat(dir.resolve("c/1/lost/identity")).exists();
  }

  @Test
  void contentsThatWereForcedOutliveTheBoot() {
    ClusterDirectory interval = open(options().setFsync(Fsync.INTERVAL), "b1");
    interval.close();
    open(options(), "b1").close(); // forces what the former run has not

    assertThat(open(options(), "b2").storage()).isEqualTo(interval.storage());
  }

  @Test
  void withoutANameOfTheBootNothingIsLost() {
    ClusterDirectory interval = open(options().setFsync(Fsync.INTERVAL), "");
    interval.close();

    assertThat(open(options().setFsync(Fsync.INTERVAL), "").storage())
        .isEqualTo(interval.storage());
  }

  // ---- members

  private ClusterOptions members(String... members) {
    return options().setMembers(List.of(members));
  }

  @Test
  void aMemberFindsItsPlaceByTheHostsName() {
    ClusterDirectory opened = open(members("eric-0.eric", "eric-1.eric", "eric-2.eric:7000"));

    assertThat(opened.node()).isEqualTo("eric-1.eric");
    assertThat(opened.seats())
        .containsExactly(
            new Seat("eric-0.eric", "eric-0.eric", 5801, 5802),
            new Seat("eric-1.eric", "eric-1.eric", 5801, 5802),
            new Seat("eric-2.eric", "eric-2.eric", 7000, 7001));
    assertThat(opened.applicant().own().host()).isEqualTo("eric-1.eric");
    assertThat(opened.raftDirectory()).isEqualTo(dir.resolve("c/raft"));
  }

  @Test
  void aMemberFindsItsPlaceByAddressOrByClusterHost() {
    assertThat(open(members("10.0.0.8", "10.0.0.7", "10.0.0.9")).node()).isEqualTo("10.0.0.7");
    closeAll();
    assertThatThrownBy(() -> open(members("10.0.0.1", "10.0.0.2", "10.0.0.3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cluster.members: none of 10.0.0.1, 10.0.0.2, 10.0.0.3 is this machine, which is called"
                + " 10.0.0.7, 127.0.0.1, eric-1; name the right one in cluster.node");
    assertThatThrownBy(() -> open(members("10.0.0.1").setHost("10.0.0.1")))
        .hasMessageContaining("belongs to node 10.0.0.7, and this is node 10.0.0.1");
  }

  @Test
  void aMemberMayBeNamed() {
    ClusterOptions three = members("127.0.0.1:6001", "127.0.0.1:6003", "127.0.0.1:6005");
    assertThatThrownBy(() -> open(three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cluster.members: 127.0.0.1:6001 and 127.0.0.1:6003 and 127.0.0.1:6005 are all this"
                + " machine, which is called 10.0.0.7, 127.0.0.1, eric-1; name the right one in"
                + " cluster.node");
    assertThat(open(three.setNode("127.0.0.1:6003")).node()).isEqualTo("127.0.0.1:6003");
    closeAll();
    assertThatThrownBy(() -> open(three.setNode("b")))
        .hasMessage(
            "cluster.node is b, it must be one of 127.0.0.1:6001, 127.0.0.1:6003, 127.0.0.1:6005");
  }

  @Test
  void aMembersDirectoryIsItsOwn() {
    ClusterOptions one = members("eric-1");
    open(one);

    assertThatThrownBy(() -> open(one))
        .isInstanceOf(RepositoryException.class)
        .hasMessage(
            "the cluster directory "
                + dir.resolve("c")
                + " is in use by process "
                + ProcessHandle.current().pid()
                + ": each node needs one of its own, which cluster.directory names");
    assertThatThrownBy(() -> open(options()))
        .hasMessageContaining("is that of a node of cluster.members, which is not set");
  }

  @Test
  void theDirectoryOfAMachineIsNoMembers() {
    open(options());

    assertThatThrownBy(() -> open(members("eric-1")))
        .hasMessageContaining(
            "is that of several nodes on one machine, and cluster.members is set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a:",
        "a:0",
        "a:65535",
        "a:x",
        "[::1",
        "[::1]x",
        ":1",
        "http://a",
        "[]"
      })
  void whatIsNoNodeIsRefused(String member) {
    assertThatThrownBy(() -> open(members(member)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cluster.members: \""
                + member
                + "\" is no node: a host, host:port or [address]:port, the port from 1 to 65534");
  }

  @Test
  void twoNodesDoNotSharePorts() {
    assertThatThrownBy(() -> open(members("a:6000", "b:6000", "A:6001")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cluster.members: a:6000 and a:6001 use the same port: each node has that which is"
                + " named and the next higher one");
  }

  @Test
  void anAddressMayBeOfVersion6() {
    ClusterOptions options = members("[fd00::1]:6000", "fd00::2", "eric-1");

    assertThat(open(options).seats())
        .containsExactly(
            new Seat("eric-1", "eric-1", 5801, 5802),
            new Seat("fd00::1", "fd00::1", 6000, 6001),
            new Seat("fd00::2", "fd00::2", 5801, 5802));
  }

  @Test
  void aMachineKnowsItsNames() {
    LocalNames names = LocalNames.ofThisMachine().and("Some.Host");

    assertThat(names.isHere("127.0.0.1")).isTrue();
    assertThat(names.isHere("some.host")).isTrue();
    assertThat(names.isHere("some")).isTrue();
    assertThat(names.isHere("some.host.example")).isTrue();
    assertThat(names.isHere("some.hos")).isFalse();
    assertThat(names.isHere("192.0.2.1")).isFalse();
  }
}
