package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real file of at least 100,000 lines that this machine has: the package index that apt keeps,
 * else a listing of the system's files and the JDK's modules.
 */
record RealFile(Path path, int lines, String sha256) {

  private static final int ENOUGH = 100_000;

  /** Puts the file under a directory, as UTF-8 with a newline after each line. */
  static RealFile in(Path dir) throws Exception {
    Path file = dir.resolve("input.txt");
    for (Path index : indexes()) {
      if (write(file, List.of(catFile(index)), ENOUGH)) {
        return of(file);
      }
    }
    boolean enough = write(file, listings(), ENOUGH);
    assertThat(enough).as("this machine has %d files", ENOUGH).isTrue();
    return of(file);
  }

  /** Only as many lines as a test needs: what is said about 100,000 is true of a million. */
  private static boolean write(Path file, List<ProcessBuilder> sources, int lines)
      throws Exception {
    int written = 0;
    try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(file))) {
      for (ProcessBuilder source : sources) {
        Process process = source.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        // Latin-1 gives each byte as it is, so that lines of any encoding can be judged.
        try (var in = process.inputReader(StandardCharsets.ISO_8859_1)) {
          String line;
          while (written < lines && (line = in.readLine()) != null) {
            byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
            if (io.eric.Payload.isUtf8(bytes, 0, bytes.length)) {
              out.write(bytes);
              out.write('\n');
              written++;
            }
          }
        } finally {
          process.destroyForcibly();
        }
      }
    }
    return written >= lines;
  }

  private static List<Path> indexes() throws IOException {
    Path lists = Path.of("/var/lib/apt/lists");
    if (!Files.isDirectory(lists)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(lists)) {
      return files
          .filter(f -> f.getFileName().toString().matches(".*_Packages(\\.\\w+)?"))
          .sorted()
          .toList();
    }
  }

  /** The index as apt itself reads it: it may be compressed in any way. */
  private static ProcessBuilder catFile(Path index) {
    return new ProcessBuilder("/usr/lib/apt/apt-helper", "cat-file", index.toString());
  }

  private static List<ProcessBuilder> listings() {
    Path jdk = Path.of(System.getProperty("java.home"));
    return List.of(
        new ProcessBuilder("find", "/usr"),
        new ProcessBuilder(
            jdk.resolve("bin/jimage").toString(), "list", jdk.resolve("lib/modules").toString()),
        new ProcessBuilder(
            "find", "/", "-xdev", "-not", "-path", "/proc/*", "-not", "-path", "/sys/*"));
  }

  private static RealFile of(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    return new RealFile(file, lines, HexFormat.of().formatHex(hash));
  }
}
