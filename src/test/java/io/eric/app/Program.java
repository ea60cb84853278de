package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.ClassArchive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Runs the runnable jar as a user does, in processes of their own. */
public final class Program {

  private static final long TIMEOUT_S = 60;

  /** Commands are short: what costs them most is the start of their machine. */
  private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

  private final Path dir;
  private final Map<String, String> environment;
  private final List<String> before;
  private final List<String> machine;

  /** Runs in this directory, where nothing but the environment given here configures it. */
  public Program(Path dir, Map<String, String> environment) {
    this(dir, environment, List.of(), QUICK_START);
  }

  /**
   * @param before what stands before the command, as {@code ip netns exec}
   * @param machine options of the Java machine
   */
  public Program(
      Path dir, Map<String, String> environment, List<String> before, List<String> machine) {
    this.dir = dir;
    this.environment = environment;
    this.before = before;
    this.machine = machine;
  }

  /** What a command did. */
  public record Result(int code, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  /** Starts a command whose process the caller ends. */
  public Process start(UnaryOperator<ProcessBuilder> redirects, String... arguments)
      throws IOException {
    String jar = System.getProperty("eric.jar");
    assertThat(jar).as("system property eric.jar").isNotNull();
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(machine);
    command.addAll(ClassArchive.options(jar));
    command.addAll(List.of("-jar", jar));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().putAll(environment);
    return redirects.apply(builder).start();
  }

  /** Runs a command without input. */
  public Result run(String... arguments) throws Exception {
    return runWith(null, arguments);
  }

  /** Runs a command that reads a file. */
  public Result runWith(Path input, String... arguments) throws Exception {
    Path out = Files.createTempFile(dir, "out", ".txt");
    Path err = Files.createTempFile(dir, "err", ".txt");
    Process process =
        start(
            builder ->
                builder
                    .redirectInput(
                        input == null
                            ? ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())
                            : ProcessBuilder.Redirect.from(input.toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile()),
            arguments);
    try {
      assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS))
          .as("%s ends", String.join(" ", arguments))
          .isTrue();
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Reads a process's standard output line by line. */
  public static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The next line; null at the end. */
  public static String line(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
