package io.eric.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.RepositoryException;
import io.eric.cluster.identity.Agreement.Stage;
import io.eric.options.ClusterOptions;
import io.eric.options.ClusterOptions.Fsync;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node must not come back without, and what it must not lose while it has it. */
class DirectoryGuardsTest {

  private static final LocalNames MACHINE = new LocalNames(Set.of("vm"), Set.of("127.0.0.1"));

  @TempDir private Path dir;

  private ClusterOptions options() {
    return new ClusterOptions().setDirectory(dir.resolve("c").toString()).setSize(1);
  }

  private static ClusterDirectory open(ClusterOptions options) {
    return ClusterDirectory.open(options, MACHINE, "boot");
  }

  private static void form(ClusterDirectory opened) {
    List<Member> members = List.of(opened.applicant().own().with(opened.storage()));
    opened.record(new Agreement(Stage.FORMED, 1, "1", new Membership("c1", 3, members)));
  }

  @Test
  void forcingWhatAnEarlierRunHasNotKeepsTheLock() throws Exception {
    open(options().setFsync(Fsync.INTERVAL)).close();
    try (ClusterDirectory opened = open(options())) {
      assertThat(opened.node()).isEqualTo("1");
      assertThat(triedByAnotherProcess(dir.resolve("c/1/lock"))).isEqualTo("locked");
    }
  }

  private String triedByAnotherProcess(Path lock) throws Exception {
    String tries =
        """
        import java.nio.channels.*; import java.nio.file.*;
        public class Try { public static void main(String[] a) throws Exception {
          FileChannel c = FileChannel.open(Path.of(a[0]), StandardOpenOption.WRITE);
          System.out.print(c.tryLock() == null ? "locked" : "free"); } }
        """;
    Path source = Files.writeString(dir.resolve("Try.java"), tries);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process = new ProcessBuilder(java, source.toString(), lock.toString()).start();
    return new String(process.getInputStream().readAllBytes());
  }

  /** Else it would vote anew in the name of the one that has voted. */
  @Test
  void aNodeWithoutItsReplicasIsRefused() throws Exception {
    try (ClusterDirectory opened = open(options())) {
      form(opened);
    }
    Files.delete(dir.resolve("c/1/raft"));

    assertThatThrownBy(() -> open(options()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(dir.resolve("c/1/raft") + " is missing, and with it what this node");
    assertThat(dir.resolve("c/1/raft")).doesNotExist();
  }

  @Test
  void replicasWithoutAMembershipAreRefused() throws Exception {
    try (ClusterDirectory opened = open(options())) {
      form(opened);
      Files.writeString(opened.raftDirectory().resolve("log"), "x");
    }
    Files.delete(dir.resolve("c/1/membership"));

    assertThatThrownBy(() -> open(options()))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(
            "has replicas, but the file " + dir.resolve("c/1/membership") + " is missing");
  }

  @Test
  void clusterHostSaysWhichMemberOfOneMachineThisIs() {
    ClusterOptions options =
        new ClusterOptions()
            .setDirectory(dir.resolve("c").toString())
            .setMembers(List.of("127.0.0.1", "127.0.0.2", "127.0.0.3"))
            .setHost("127.0.0.2");
    try (ClusterDirectory opened = open(options)) {
      assertThat(opened.node()).isEqualTo("127.0.0.2");
    }
  }
}
