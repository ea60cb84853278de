package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GraalJS is optional: a process without its jars has everything but JS verticles. */
class WithoutGraalTest {

  @TempDir private Path directory;

  @Test
  void withoutGraalAHubRunsAndAJsVerticleSaysWhatIsMissing() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("graalvm"))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                HubWithoutGraal.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(output)
        .content()
        .contains("channels: [news]")
        .contains("js:pom.xml needs GraalJS, and org.graalvm.polyglot.Engine is not on the class")
        .contains("org.graalvm.polyglot:js-community");
    assertThat(process.exitValue()).isZero();
  }
}
