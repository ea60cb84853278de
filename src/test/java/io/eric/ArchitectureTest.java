package io.eric;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The tree is the architecture: which package may use which, as docs/ARCHITECTURE.md draws it. */
@AnalyzeClasses(packages = "io.eric", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "io.eric";

  private static final List<String> SHARED = List.of("internal", "options", "metrics", "log");
  private static final List<String> READING = with(SHARED, "internal.protocol", "internal.client");
  private static final List<String> CHANNELS =
      with(
          READING,
          "channel.internal",
          "channel.internal.core",
          "channel.internal.overflow",
          "channel.internal.readers");
  private static final List<String> LOG_STORES =
      List.of("internal", "options", "log", "log.indexed");

  /** What each package may use beside itself and the root. A package that is not here fails. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          entry("internal", List.of()),
          entry("options", List.of("internal")),
          entry("metrics", List.of()),
          entry("auth", List.of()),
          entry("auth.token", List.of("auth")),
          entry("log", List.of("options")),
          entry("log.internal", List.of("options", "log")),
          entry("log.indexed", List.of("options", "log", "log.internal")),
          entry("log.file", LOG_STORES),
          entry("log.redis", LOG_STORES),
          entry("internal.protocol", List.of("internal", "log")),
          entry("internal.client", with(SHARED, "internal.protocol")),
          entry("internal.edge", READING),
          entry("channel.internal", with(SHARED, "internal.protocol", "channel.internal.overflow")),
          entry("channel.internal.readers", READING),
          entry("channel.internal.overflow", with(READING, "channel.internal.readers")),
          entry(
              "channel.internal.core",
              with(READING, "channel.internal.readers", "channel.internal.overflow")),
          entry("channel", with(CHANNELS, "log.indexed")),
          entry("work", with(CHANNELS, "channel")),
          entry("prefab", List.of("internal", "options", "channel")),
          entry("http.internal.guard", List.of("internal", "options", "metrics")),
          entry("http.internal.sse", with(SHARED, "internal.edge", "http.internal.guard")),
          entry("http", with(READING, "internal.edge", "http.internal.guard", "http.internal.sse")),
          entry("socket", with(READING, "internal.edge")),
          entry("js", List.of("internal", "options", "internal.client")),
          entry("kotlin", List.of()),
          entry("cluster.state", List.of("internal.protocol", "log")),
          entry(
              "cluster.owner",
              List.of("internal", "options", "log", "log.indexed", "cluster.state")),
          entry("cluster.identity", List.of("internal", "options")),
          entry("cluster.admin", List.of("internal")),
          entry(
              "cluster.raft",
              List.of("metrics", "cluster.identity", "cluster.owner", "cluster.state")),
          entry(
              "cluster.link",
              List.of("internal", "internal.protocol", "internal.client", "options", "metrics")),
          entry(
              "cluster.route",
              List.of("internal", "options", "metrics", "internal.protocol", "internal.client")),
          entry(
              "cluster",
              with(
                  READING,
                  "channel",
                  "channel.internal",
                  "channel.internal.overflow",
                  "cluster.admin",
                  "cluster.identity",
                  "cluster.link",
                  "cluster.owner",
                  "cluster.raft",
                  "cluster.route",
                  "cluster.state")),
          entry(
              "app",
              with(
                  READING,
                  "log.indexed",
                  "log.file",
                  "log.redis",
                  "channel",
                  "channel.internal",
                  "http",
                  "socket",
                  "js",
                  "cluster")),
          entry(
              "app.cli",
              with(
                  SHARED,
                  "internal.protocol",
                  "log.file",
                  "socket",
                  "cluster",
                  "cluster.admin",
                  "app")));

  @ArchTest
  static void everyPackageUsesOnlyWhatItMay(JavaClasses classes) {
    Set<String> packages = new TreeSet<>();
    classes.forEach(each -> packages.add(each.getPackageName()));
    for (String name : packages) {
      if (!name.equals(ROOT)) {
        String part = name.substring(ROOT.length() + 1);
        List<String> allowed = Objects.requireNonNull(MAY_USE.get(part), part + " has no rule");
        mayUseOnly(name, allowed).check(classes);
      }
    }
    mayUseOnly(ROOT, List.of()).check(classes);
  }

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.eric.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyClusterImportsHazelcast =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyClusterRaftImportsRatis =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.cluster.raft..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.ratis..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyTheRedisStoreImportsTheRedisClient =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.log.redis..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.redis..");

  @ArchTest
  static final ArchRule onlyJsImportsPolyglot =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.js..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.graalvm..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyAppImportsMicrometer =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.app..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "io.vertx.micrometer..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothingInJavaUsesKotlin =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.kotlin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.eric.kotlin..", "kotlin..", "kotlinx..", "io.vertx.kotlin..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyAppPrints =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.eric.app..")
          .should(ACCESS_STANDARD_STREAMS)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule loggingIsSlf4j =
      NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.allowEmptyShould(true);

  /**
   * What a machine reads must not depend on who runs the hub: under {@code user.language=fa} such a
   * call writes other digits, under {@code tr} another i. Error Prone's DefaultLocale says the same
   * of Java sources, at the line.
   */
  @ArchTest
  static final ArchRule nothingIsFormattedByTheDefaultLocale =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(String.class, "toLowerCase")
          .orShould()
          .callMethod(String.class, "toUpperCase")
          .orShould()
          .callMethod(PrintStream.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintStream.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintWriter.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(DateTimeFormatter.class, "ofPattern", String.class)
          .orShould()
          .callMethod(Locale.class, "getDefault")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.text.Format.class);

  private static ArchRule mayUseOnly(String name, List<String> parts) {
    Set<String> allowed = new HashSet<>(List.of(name, ROOT));
    parts.forEach(part -> allowed.add(ROOT + '.' + part));
    return noClasses()
        .that()
        .resideInAPackage(name)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are of a package that it may not use",
                other ->
                    other.getPackageName().startsWith(ROOT)
                        && !allowed.contains(other.getPackageName())));
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }
}
