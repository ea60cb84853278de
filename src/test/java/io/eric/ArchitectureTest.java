package io.eric;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The tree is the architecture: who may depend on whom, as in the table of the design. */
@AnalyzeClasses(packages = "io.eric", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "io.eric";
  private static final List<String> PARTS =
      List.of("channel", "log", "bus", "edge", "http", "socket", "cluster", "js", "kotlin", "app");

  @ArchTest static final ArchRule rootKnowsNothingBelow = mayUseOnly(ROOT);
  @ArchTest static final ArchRule logUsesOnlyRoot = mayUseOnly("log");
  @ArchTest static final ArchRule busUsesOnlyRoot = mayUseOnly("bus");
  @ArchTest static final ArchRule channelUsesLogAndBus = mayUseOnly("channel", "log", "bus");
  @ArchTest static final ArchRule edgeUsesBus = mayUseOnly("edge", "bus");
  @ArchTest static final ArchRule httpUsesEdgeAndBus = mayUseOnly("http", "edge", "bus");
  @ArchTest static final ArchRule socketUsesEdgeAndBus = mayUseOnly("socket", "edge", "bus");
  @ArchTest static final ArchRule jsUsesBus = mayUseOnly("js", "bus");
  @ArchTest static final ArchRule kotlinUsesBus = mayUseOnly("kotlin", "bus");

  @ArchTest
  static final ArchRule clusterUsesLogBusAndChannel =
      mayUseOnly("cluster", "log", "bus", "channel");

  @ArchTest
  static final ArchRule partsHaveNoCycles =
      slices().matching("io.eric.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

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

  /** Everybody may use the root; beyond it, a part may use itself and the parts named. */
  private static ArchRule mayUseOnly(String part, String... others) {
    List<String> allowed = Stream.concat(Stream.of(part), Arrays.stream(others)).toList();
    String[] forbidden =
        PARTS.stream()
            .filter(name -> !allowed.contains(name))
            .map(ArchitectureTest::packagesOf)
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(part.equals(ROOT) ? ROOT : packagesOf(part))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true);
  }

  private static String packagesOf(String part) {
    return "io.eric." + part + "..";
  }
}
