package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local repository as a user's is after `mvn install` of this project: the library with its POM,
 * and beside it what this build has downloaded, so that no network is needed.
 */
final class LocalRepository {

  private static final String OURS = "eric";

  private final Path dir;

  private LocalRepository(Path dir) {
    this.dir = dir;
  }

  /** Makes one in an empty directory. */
  static LocalRepository in(Path dir) throws IOException {
    Path downloaded = Path.of(System.getProperty("localRepository"));
    link(downloaded, dir, "io");
    link(downloaded.resolve("io"), Files.createDirectories(dir.resolve("io")), OURS);
    install(dir);
    return new LocalRepository(dir);
  }

  Path dir() {
    return dir;
  }

  private static void link(Path from, Path to, String exceptFor) throws IOException {
    try (Stream<Path> children = Files.list(from)) {
      for (Path child : children.toList()) {
        if (!child.getFileName().toString().equals(exceptFor)) {
          Files.createSymbolicLink(to.resolve(child.getFileName()), child.toAbsolutePath());
        }
      }
    }
  }

  private static void install(Path dir) throws IOException {
    String version = Pom.version();
    Path jar =
        Path.of(System.getProperty("eric.jar")).resolveSibling("eric-vertx-" + version + ".jar");
    assertThat(jar).as("the library, built before").exists();
    Path home = Files.createDirectories(dir.resolve("io/eric/eric-vertx").resolve(version));
    for (Path file : List.of(jar, Pom.FILE)) {
      String name = file.toString();
      String type = name.substring(name.lastIndexOf('.')).replace(".xml", ".pom");
      Files.copy(file, home.resolve("eric-vertx-" + version + type));
    }
  }
}
