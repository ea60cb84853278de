package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Maven project in a directory of its own. Plugins are called with the versions of this build,
 * because those are there without a network; the POM is the user's.
 */
final class ConsumerProject {

  private static final long BUILD_TIMEOUT_S = 180;
  private static final Duration RUN_TIMEOUT = Duration.ofSeconds(90);
  private static final Pattern ARTIFACT =
      Pattern.compile("[| +\\\\-]*([^:]+):([^:]+):([^:]+):(?:[^:]+:)?([^:]+):(?:compile|runtime)");

  private static final Pattern TESTCASE =
      Pattern.compile(
          "<testcase name=\"(\\w+)[^\"]*\" classname=\"(\\w+)\"[^>]*?(?:/>|>.*?</testcase>)",
          Pattern.DOTALL);
  private static final String MAVEN = "org.apache.maven.plugins";

  private final Path dir;
  private final LocalRepository repository;

  ConsumerProject(Path dir, LocalRepository repository, String pom) throws IOException {
    this.dir = Files.createDirectories(dir);
    this.repository = repository;
    Files.writeString(dir.resolve("pom.xml"), pom);
  }

  /** The POM with more dependencies. */
  static String withDependencies(String pom, String more) {
    return pom.replace("</dependencies>", more + "</dependencies>");
  }

  /** The POM with a section of plugins. */
  static String withBuild(String pom, String build) {
    return pom.replace("</project>", build + "</project>");
  }

  ConsumerProject file(String path, String text) throws IOException {
    Path file = dir.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  ConsumerProject program(Document document, String mainClass) throws IOException {
    return file("src/main/java/" + mainClass + ".java", document.program(mainClass));
  }

  /** A class that is not public, of the folder {@code main} or {@code test}. */
  ConsumerProject source(Document document, String folder, String name) throws IOException {
    return file(
        "src/" + folder + "/java/" + name + ".java", document.block("java", "class " + name + ' '));
  }

  /** Compiles what is Java. */
  ConsumerProject build() throws Exception {
    return build(MAVEN, "maven-compiler-plugin");
  }

  /** Compiles by the goal {@code compile} of a plugin, and resolves what the program runs with. */
  ConsumerProject build(String group, String plugin) throws Exception {
    maven(
        goal(group, plugin, "compile"),
        goal(MAVEN, "maven-dependency-plugin", "tree"),
        "-DoutputFile=tree.txt",
        goal(MAVEN, "maven-dependency-plugin", "build-classpath"),
        "-Dmdep.outputFile=classpath.txt");
    return this;
  }

  /**
   * Compiles and runs the tests, by the Surefire of the POM; gives each as {@code class.method},
   * those skipped left out.
   */
  List<String> test() throws Exception {
    maven(goal(MAVEN, "maven-compiler-plugin", "testCompile"), "surefire:test");
    List<String> passed = new ArrayList<>();
    try (Stream<Path> reports = Files.list(dir.resolve("target/surefire-reports"))) {
      for (Path report : reports.filter(each -> each.toString().endsWith(".xml")).toList()) {
        TESTCASE
            .matcher(Files.readString(report))
            .results()
            .filter(testcase -> !testcase.group().contains("<skipped"))
            .forEach(testcase -> passed.add(testcase.group(2) + '.' + testcase.group(1)));
      }
    }
    return passed;
  }

  private static String goal(String group, String plugin, String goal) throws IOException {
    return group + ':' + plugin + ':' + Pom.plugin(plugin) + ':' + goal;
  }

  private void maven(String... goals) throws Exception {
    String home = System.getProperty("maven.home");
    List<String> command = new ArrayList<>();
    command.add(home == null ? "mvn" : Path.of(home, "bin", "mvn").toString());
    command.addAll(
        List.of(
            "--offline",
            "--batch-mode",
            "-Dstyle.color=never",
            "-Dmaven.repo.local=" + repository.dir(),
            "-Dkotlin.compiler.daemon=false"));
    command.addAll(Arrays.asList(goals));
    Path log = dir.resolve("build.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(BUILD_TIMEOUT_S, TimeUnit.SECONDS)).as("the build ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(() -> text(log)).isZero();
  }

  /** Everything that the project has resolved, as {@code group:artifact:version}. */
  List<String> resolved() throws IOException {
    return Files.readAllLines(dir.resolve("tree.txt")).stream()
        .map(ARTIFACT::matcher)
        .filter(found -> found.matches())
        .map(found -> found.group(1) + ':' + found.group(2) + ':' + found.group(4))
        .filter(artifact -> !artifact.startsWith("io.eric:"))
        .toList();
  }

  /** Runs a program to its end; gives what it has printed. */
  List<String> run(String mainClass) throws Exception {
    try (Run run = start(Map.of(), mainClass)) {
      assertThat(run.process.waitFor(RUN_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
          .as(() -> mainClass + " ends: " + text(run.out) + text(run.err))
          .isTrue();
      assertThat(run.process.exitValue()).as(() -> text(run.err)).isZero();
      assertThat(text(run.err)).doesNotContain("Exception", "NoClassDefFoundError", "\tat ");
      return Files.readAllLines(run.out);
    }
  }

  /** Starts a program that the caller ends. */
  Run start(Map<String, String> environment, String mainClass, String... arguments)
      throws IOException {
    String resolved = Files.readString(dir.resolve("classpath.txt")).trim();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp"));
    command.add(dir.resolve("target/classes") + File.pathSeparator + resolved);
    command.add(mainClass);
    command.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(dir, mainClass, ".out");
    Path err = Files.createTempFile(dir, mainClass, ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().putAll(environment);
    return new Run(builder.start(), out, err);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A program that runs, and where what it prints goes. */
  record Run(Process process, Path out, Path err) implements AutoCloseable {

    void awaitLine(String line) {
      await()
          .atMost(RUN_TIMEOUT)
          .untilAsserted(
              () -> assertThat(Files.readAllLines(out)).as(() -> text(err)).contains(line));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
