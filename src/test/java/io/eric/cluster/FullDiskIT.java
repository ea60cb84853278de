package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.testing.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is full, in a small tmpfs, which needs root. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FullDiskIT {

  @TempDir private Path dir;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(dir.resolve("disk"));
    mounted = runs("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
    assumeTrue(mounted, "a tmpfs can be mounted");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(runs("umount", "-l", disk.toString())).isTrue();
    }
  }

  @Test
  void aNodeWhoseDiskIsFullEndsWithAReasonSoThatItsSupervisorStartsItAgain() throws Exception {
    try (Network network = Network.of(1)) {
      Node node =
          new Node(
              1,
              network.host(1),
              dir,
              Map.of(
                  "ERIC_CLUSTER_SIZE",
                  "1",
                  "ERIC_CLUSTER_INSECURE",
                  "true",
                  "ERIC_CLUSTER_HOST",
                  network.host(1).address(),
                  "ERIC_CLUSTER_PORT",
                  Integer.toString(FreePort.find()),
                  "ERIC_CLUSTER_DIRECTORY",
                  disk.resolve("cluster").toString(),
                  "ERIC_SHUTDOWN_DRAIN",
                  "0"));
      node.start();
      node.awaitReady();
      node.curl("-X", "PUT", "/create?channel_id=news");
      Path body = Files.writeString(dir.resolve("body.json"), message(500_000));

      for (int i = 0; node.isRunning(); i++) {
        assertThat(i).as("messages on a disk of 24 MiB").isLessThan(100);
        node.curl(
            "-H",
            "content-type: application/json",
            "--data-binary",
            "@" + body,
            "/broadcast?channel_id=news");
      }

      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.logText())
          .contains("this process ends, to be started again: the replica of group")
          .contains("No space left on device");
    }
  }

  private static String message(int bytes) {
    return "{\"type\": \"t\", \"payload\": \"" + "x".repeat(bytes) + "\"}";
  }

  private static boolean runs(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
