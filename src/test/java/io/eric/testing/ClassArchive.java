package io.eric.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes of the runnable jar as a JVM maps them into its memory, which halves what the start
 * of a process costs. The archive is made once, beside the jar. Where that does not succeed,
 * processes start as ever.
 */
public final class ClassArchive {

  private static final int PATIENCE_SECONDS = 120;

  private ClassArchive() {}

  /** Returns the options of a JVM that runs this jar. */
  public static synchronized List<String> options(String jar) throws IOException {
    Path archive = Path.of(jar + ".jsa");
    Path lock = Path.of(jar + ".jsa.lock");
    try (FileChannel file =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock taken = file.lock()) { // of the JVMs that run tests side by side, one makes it
      if (taken.isValid() && !isOf(archive, Path.of(jar))) {
        make(jar, archive);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Of an archive that it cannot use, because the jar was copied with it, a JVM warns on stdout.
    return Files.size(archive) > 0
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off")
        : List.of();
  }

  private static boolean isOf(Path archive, Path jar) throws IOException {
    return Files.exists(archive)
        && Files.getLastModifiedTime(archive).equals(Files.getLastModifiedTime(jar));
  }

  /**
   * Lets a node of a cluster load what it needs to serve, and write it down at its end. What cannot
   * be made is an empty file, so that it is not tried again for each process.
   */
  private static void make(String jar, Path archive) throws IOException, InterruptedException {
    Files.deleteIfExists(archive);
    Path dir = Files.createTempDirectory("archive");
    Path written = dir.resolve("classes.jsa");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ArchiveClassesAtExit=" + written,
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar,
                "serve",
                "--cluster",
                "--cluster-members=1",
                "--http-port=0",
                "--socket=" + dir.resolve("s"))
            .directory(dir.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().put("ERIC_CLUSTER_PORT", Integer.toString(FreePort.find()));
    Process process = builder.start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.readLine(); // it is ready, or has ended
      process.destroy();
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && Files.exists(written)) {
        Files.move(written, archive);
      } else {
        Files.createFile(archive);
      }
      Files.setLastModifiedTime(archive, Files.getLastModifiedTime(Path.of(jar)));
    } finally {
      process.destroyForcibly();
      delete(dir);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
