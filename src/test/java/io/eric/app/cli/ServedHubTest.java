package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.options.ClusterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ServedHubTest {

  @TempDir private Path dir;

  @Command
  private static final class Served {
    @Mixin private ServedHub hub = new ServedHub();
  }

  private ClusterOptions cluster(String... arguments) throws Exception {
    Path file = dir.resolve("eric.json");
    Files.writeString(file, "{\"cluster\": {\"members\": [\"x\", \"y\", \"z\"], \"size\": 5}}");
    Served served = new Served();
    String[] all = new String[arguments.length + 2];
    all[0] = "--config";
    all[1] = file.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    new CommandLine(served).parseArgs(all);
    return served.hub.options().getCluster();
  }

  @Test
  void withoutOptionsTheFileCounts() throws Exception {
    assertThat(cluster().isEnabled()).isFalse();
    assertThat(cluster("--cluster").isEnabled()).isTrue();
    assertThat(cluster("--cluster").getMembers()).containsExactly("x", "y", "z");
  }

  @Test
  void aNumberOfMembersIsASizeAndReplacesMembers() throws Exception {
    ClusterOptions one = cluster("--cluster-members", "1");

    assertThat(one.isEnabled()).isTrue();
    assertThat(one.getSize()).isEqualTo(1);
    assertThat(one.getMembers()).isEmpty();
  }

  @Test
  void aListOfMembersReplacesMembers() throws Exception {
    ClusterOptions three = cluster("--cluster-members", "a, b:7000,[fd00::1]:7000");

    assertThat(three.isEnabled()).isTrue();
    assertThat(three.getMembers()).containsExactly("a", "b:7000", "[fd00::1]:7000");
  }

  @Test
  void aDirectoryImpliesACluster() throws Exception {
    ClusterOptions options = cluster("--cluster-directory", "d");

    assertThat(options.isEnabled()).isTrue();
    assertThat(options.getDirectory()).isEqualTo("d");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | --cluster-members is 0, it must be 1, 2, 3 or 5",
        "4 | cluster.size is 4, it must be 0, 1, 2, 3 or 5",
        "-1 | cluster.size is -1, it must be 0, 1, 2, 3 or 5",
        "99999999999999999999 | setting \"cluster.size\": is too large a number",
        "a,b,c,d | cluster.members is [a, b, c, d], it must be empty or a list of 1, 2, 3 or 5"
            + " nodes"
      })
  void aWrongNumberIsRefused(String members, String complaint) {
    assertThatThrownBy(() -> cluster("--cluster-members", members))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(complaint);
  }
}
