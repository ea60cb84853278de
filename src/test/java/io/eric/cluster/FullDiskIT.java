package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.testing.FreePort;
import io.eric.testing.RequiresCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is full. */
@RequiresCommand("curl")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FullDiskIT {

  /** More than the mebibyte that a log has reserved already. */
  private static final int MESSAGES = 5;

  @TempDir private Path dir;

  @Test
  void aNodeWhoseDiskIsFullEndsWithAReasonSoThatItsSupervisorStartsItAgain() throws Exception {
    try (Network network = Network.of(1);
        Disk disk = Disk.of(dir.resolve("disk"), Disk.Kind.SMALL)) {
      assumeTrue(disk.kind() == Disk.Kind.SMALL, "a disk that can be full needs root");
      Map<String, String> settings =
          Map.of(
              "ERIC_CLUSTER_SIZE",
              "1",
              "ERIC_CLUSTER_INSECURE",
              "true",
              "ERIC_CLUSTER_HOST",
              network.host(1).address(),
              "ERIC_CLUSTER_PORT",
              Integer.toString(FreePort.find()),
              "ERIC_SHUTDOWN_DRAIN",
              "0");
      Node node = new Node(1, network.host(1), dir, disk, settings);
      node.start();
      node.awaitReady();
      node.curl("-X", "PUT", "/create?channel_id=news");
      String message = "{\"type\": \"t\", \"payload\": \"" + "x".repeat(500_000) + "\"}";
      Path body = Files.writeString(dir.resolve("body.json"), message);

      disk.fill();
      for (int i = 0; i < MESSAGES; i++) {
        node.curl(
            "-H",
            "content-type: application/json",
            "--data-binary",
            "@" + body,
            "/broadcast?channel_id=news");
      }

      assertThat(node.awaitEnd()).isEqualTo(1);
      assertThat(node.logText())
          .contains("this process ends with code 1: the replica of group")
          .contains("No space left on device");
    }
  }
}
