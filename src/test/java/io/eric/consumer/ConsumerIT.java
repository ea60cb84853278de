package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.FreePort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who depends on the library as the documents say can build and run their programs as they stand
 * there, and runs the versions that this build tests.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConsumerIT {

  /** What only a project that asks for it may have. */
  private static final Pattern OPTIONAL =
      Pattern.compile("micrometer|prometheus|hazelcast|redis|graalvm|kotlin|picocli|logback|jwt");

  @TempDir private static Path dir;
  private static LocalRepository repository;
  private static Sbom sbom;
  private static Document readme;
  private static Document prefabs;
  private static Document metrics;
  private static Document polyglot;
  private static Document testing;

  @BeforeAll
  static void install() throws Exception {
    repository = LocalRepository.in(Files.createDirectories(dir.resolve("repository")));
    try (JarFile jar = new JarFile(System.getProperty("eric.jar"))) {
      sbom = Sbom.read(jar);
    }
    readme = Document.read("README.md");
    prefabs = Document.read("docs/prefabs.md");
    metrics = Document.read("docs/METRICS.md");
    polyglot = Document.read("docs/POLYGLOT.md");
    testing = Document.read("docs/TESTING.md");
  }

  @Test
  void theOneDependencyIsEnoughForTheToursProgramAndAWorkerPool() throws Exception {
    ConsumerProject bare =
        new ConsumerProject(dir.resolve("bare"), repository, readme.block("xml", "<project"))
            .program(readme, "Tour")
            .program(readme, "Mounted")
            .program(prefabs, "Pool")
            .build();

    // What an old Maven brings by default knows nothing of maven.compiler.release.
    assertThat(readme.block("xml", "<project"))
        .contains("<maven.compiler.source>17<", "<maven.compiler.target>17<");
    assertThat(bare.resolved()).noneMatch(artifact -> OPTIONAL.matcher(artifact).find());
    hasOnlyTestedVersions(bare);
    assertThat(bare.run("Tour"))
        .satisfiesExactly(
            place -> assertThat(place).matches("http://localhost:\\d+/watch/news"),
            event -> assertThat(event).matches("greeting hello [0-9a-z]+-1"));
    isMounted(bare);
    List<String> results = bare.run("Pool");
    assertThat(results).hasSize(11).last().asString().contains("_eric_channel_closed");
    assertThat(results.subList(0, 10))
        .anyMatch(line -> line.startsWith("{\"event\":\"number\",\"data\":81,\"id\":\""));
  }

  private static void isMounted(ConsumerProject project) throws Exception {
    int port = FreePort.find();
    try (ConsumerProject.Run program = project.start(Map.of(), "Mounted", Integer.toString(port))) {
      program.awaitLine("serving /events/watch/news");
      assertThat(get(port, "/").body()).isEqualTo("my application");
      assertThat(get(port, "/events/channels").statusCode()).isEqualTo(401);
      HttpResponse<String> channels =
          get(port, "/events/channels", "Authorization", "Bearer secret");
      assertThat(channels.body()).isEqualTo("[\"news\"]");
    }
  }

  private static HttpResponse<String> get(int port, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aDistributedApplicationRunsOnTwoJvms() throws Exception {
    ConsumerProject clustered =
        new ConsumerProject(
                dir.resolve("clustered"), repository, with(prefabs.block("xml", "<dependency>")))
            .program(prefabs, "Hello")
            .build();

    hasOnlyTestedVersions(clustered);
    Map<String, String> environment =
        Map.of(
            "ERIC_CLUSTER_NAME",
            "consumer" + ProcessHandle.current().pid(),
            "ERIC_CLUSTER_PORT",
            Integer.toString(FreePort.find()));
    try (ConsumerProject.Run alice = clustered.start(environment, "Hello", "alice", "bob");
        ConsumerProject.Run bob = clustered.start(environment, "Hello", "bob", "alice")) {
      alice.awaitLine("bob greets alice");
      bob.awaitLine("alice greets bob");
    }
  }

  @Test
  void metricsAreThereForWhoAddsMicrometer() throws Exception {
    ConsumerProject metered =
        new ConsumerProject(
                dir.resolve("metered"), repository, with(metrics.block("xml", "<dependency>")))
            .program(metrics, "Metered")
            .build();

    hasOnlyTestedVersions(metered);
    assertThat(metered.run("Metered")).containsExactly("eric_messages_published_total 1.0");
  }

  @Test
  void aScriptIsDeployedByWhoAddsGraalJs() throws Exception {
    ConsumerProject scripted =
        new ConsumerProject(
                dir.resolve("scripted"), repository, with(polyglot.block("xml", "polyglot</")))
            .program(polyglot, "Scripted")
            .file("desk.mjs", readme.block("js", "export async function start"))
            .build();

    hasOnlyTestedVersions(scripted);
    assertThat(scripted.run("Scripted"))
        .containsExactly("greeting \"hello\"", "seen {\"what\":\"hello\"}");
  }

  @Test
  void aVerticleInKotlinRuns() throws Exception {
    ConsumerProject kotlin =
        new ConsumerProject(dir.resolve("kotlin"), repository, polyglot.block("xml", "<project"))
            .file("src/main/kotlin/Desk.kt", polyglot.block("kotlin", "fun main()"))
            .build("org.jetbrains.kotlin", "kotlin-maven-plugin");

    hasOnlyTestedVersions(kotlin);
    assertThat(kotlin.run("DeskKt"))
        .singleElement()
        .asString()
        .startsWith("{\"event\":\"greeting\",\"retry\":5,\"data\":\"hello\",\"id\":\"");
  }

  @Test
  void anApplicationAndAStoreOfItsOwnAreTestedByWhoAddsTheTestsJar() throws Exception {
    String pom =
        ConsumerProject.withBuild(
            with(testing.block("xml", "<dependency>")), testing.block("xml", "<build>"));
    ConsumerProject tested =
        new ConsumerProject(dir.resolve("tested"), repository, pom)
            .source(testing, "main", "ShelfStore")
            .source(readme, "test", "NewsTest")
            .source(testing, "test", "ShelfStoreTest")
            .source(testing, "test", "ShelfHubTest")
            .build();

    hasOnlyTestedVersions(tested);
    assertThat(tested.test())
        .contains(
            "NewsTest.whatComesByHttpIsWatched",
            "ShelfHubTest.aListenerReadsWhatItsShelfHas",
            "ShelfStoreTest.whatWasAppendedIsReadAsItWas",
            "ShelfStoreTest.aLogThatIsNotDurableStartsAfreshWithAnotherEpoch")
        .doesNotContain("ShelfStoreTest.whatWasAcknowledgedIsThereAfterReopening")
        .hasSizeGreaterThan(40);
  }

  @Test
  void theTestsJarHasWhatApplicationsUseAndNoTestOfOurs() throws Exception {
    try (JarFile jar = new JarFile(LocalRepository.testsJar().toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")))
          .allMatch(name -> name.matches("io/eric/(junit5|log)/[\\w$-]+\\.class"))
          .noneMatch(name -> name.matches(".*Test(\\$.*)?\\.class"))
          .contains(
              "io/eric/junit5/EricExtension.class",
              "io/eric/log/MessageStoreContract.class",
              "io/eric/log/NaiveLog.class");
    }
  }

  /**
   * Both jars have the package {@code io.eric.log}, so the JVM takes only one of them as a module.
   */
  @Test
  void theTestsJarIsNoModule() throws Exception {
    try (JarFile jar = new JarFile(LocalRepository.testsJar().toFile())) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name")).isNull();
    }
  }

  @Test
  void everyProgramInJavaThatTheDocumentsShowIsRunHere() throws Exception {
    List<String> programs = new ArrayList<>();
    try (Stream<Path> documents = Files.walk(Path.of("docs"))) {
      for (Path each :
          Stream.concat(Stream.of(Path.of("README.md")), documents)
              .filter(path -> path.toString().endsWith(".md"))
              .toList()) {
        programs.addAll(Document.read(each.toString()).programs());
      }
    }
    assertThat(programs)
        .containsExactlyInAnyOrder("Tour", "Mounted", "Pool", "Hello", "Metered", "Scripted");
  }

  @Test
  void whatReadmeOffersToAddIsWhatIsTested() {
    List<String> offered =
        Pattern.compile("`([\\w.]+:[\\w.-]+:\\d[\\w.]+)`")
            .matcher(readme.text())
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(offered).hasSizeGreaterThan(8);
    assertThat(sbom.artifacts()).containsAll(offered);
  }

  /** README's project, with more in it. */
  private static String with(String dependencies) {
    return ConsumerProject.withDependencies(readme.block("xml", "<project"), dependencies);
  }

  /** What the tests run with is what is in the runnable jar, and the SBOM says what that is. */
  private static void hasOnlyTestedVersions(ConsumerProject project) throws Exception {
    assertThat(project.resolved()).hasSizeGreaterThan(20);
    assertThat(sbom.artifacts()).containsAll(project.resolved());
  }
}
