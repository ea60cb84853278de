package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local repository as a user's is after `mvn install` of this project: the library, what it
 * offers to tests and its POM, and beside them what this build has downloaded, so that no network
 * is needed.
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

  /** What this build offers to tests. */
  static Path testsJar() throws IOException {
    return built("-tests.jar");
  }

  private static Path built(String ending) throws IOException {
    Path jar =
        Path.of(System.getProperty("eric.jar"))
            .resolveSibling("eric-vertx-" + Pom.version() + ending);
    assertThat(jar).as("the library, built before").exists();
    return jar;
  }

  private static void install(Path dir) throws IOException {
    Path home = Files.createDirectories(dir.resolve("io/eric/eric-vertx").resolve(Pom.version()));
    for (Path jar : List.of(built(".jar"), testsJar())) {
      Files.copy(jar, home.resolve(jar.getFileName()));
    }
    Files.copy(Pom.FILE, home.resolve("eric-vertx-" + Pom.version() + ".pom"));
  }
}
