package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.app.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Redis client is optional: a hub without it runs, unless it is told to keep logs in Redis. */
class WithoutRedisClientTest {

  @TempDir private Path dir;

  @Test
  void aHubRunsWithoutTheRedisClient() throws Exception {
    Process hub = serve("memory");
    try (BufferedReader output = Program.output(hub)) {
      assertThat(output.lines().filter(line -> line.startsWith("eric is ready")).findFirst())
          .isPresent();
    } finally {
      hub.destroyForcibly().waitFor();
    }
  }

  @Test
  void whoWantsLogsInRedisIsToldWhatIsMissing() throws Exception {
    Process hub = serve("redis");
    try (BufferedReader output = Program.output(hub)) {
      assertThat(output.lines().toList())
          .anyMatch(line -> line.contains("needs io.vertx:vertx-redis-client on the class path"));
      assertThat(hub.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(hub.exitValue()).isNotZero();
    } finally {
      hub.destroyForcibly().waitFor();
    }
  }

  private Process serve(String store) throws IOException {
    String tests =
        getClass()
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath()
            .replaceAll("/$", "");
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(each -> !each.contains("vertx-redis-client"))
            .map(each -> Path.of(each).toAbsolutePath().toString())
            .filter(each -> !each.equals(tests))
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(java, "-cp", classPath, Main.class.getName(), "serve", "--http-port", "0"))
            .directory(dir.toFile())
            .redirectErrorStream(true);
    builder.environment().put("ERIC_STORE_TYPE", store);
    return builder.start();
  }
}
