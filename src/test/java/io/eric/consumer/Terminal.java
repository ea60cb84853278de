package io.eric.consumer;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/** A bash that runs commands, and what it shows; with it end all processes that it started. */
final class Terminal implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String commands;
  private final Path screen;
  private final Process bash;

  /** Runs commands in a directory, with nothing that configures a hub but this. */
  Terminal(Path directory, Map<String, String> environment, String commands) throws IOException {
    this.commands = commands;
    screen = Files.createTempFile(directory, "screen", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", commands)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(screen.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().putAll(environment);
    bash = builder.start();
  }

  /** Waits until it shows this. */
  MatchResult awaitShown(Pattern pattern) {
    return await(commands)
        .atMost(PATIENCE)
        .until(() -> search(pattern), Optional::isPresent)
        .orElseThrow(() -> new AssertionError(commands + shown()));
  }

  private Optional<MatchResult> search(Pattern pattern) {
    boolean ended = !bash.isAlive();
    Optional<MatchResult> found = pattern.matcher(shown()).results().findFirst();
    Assertions.assertThat(ended && found.isEmpty())
        .as(() -> "ended without " + pattern + ": " + commands + shown())
        .isFalse();
    return found;
  }

  /** Waits until it shows this. */
  void awaitShown(String text) {
    awaitShown(Pattern.compile(Pattern.quote(text)));
  }

  /** Waits for the end of the last command, which succeeds, and gives all that was shown. */
  String awaitEnd() throws InterruptedException {
    Assertions.assertThat(bash.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as(() -> commands + shown())
        .isTrue();
    Assertions.assertThat(bash.exitValue()).as(() -> commands + shown()).isZero();
    return shown();
  }

  /** All that was shown until now. */
  String shown() {
    try {
      return Files.readString(screen);
    } catch (MalformedInputException e) {
      return ""; // a character is half written
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    bash.descendants().forEach(ProcessHandle::destroyForcibly);
    bash.destroyForcibly().onExit().join();
  }
}
