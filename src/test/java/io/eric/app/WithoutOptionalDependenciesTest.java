package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.app.cli.Main;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever is optional may be absent: a hub starts without it, and what needs it is off, or the
 * start fails by the name of the setting that asked for it and of what to add.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WithoutOptionalDependenciesTest {

  private static final String JS = "js:" + Path.of("verticles/js/chat.mjs").toAbsolutePath();

  @TempDir private Path dir;

  /** What is taken out of the class path. */
  private enum Absent {
    NOTHING("(?!)"),
    MICROMETER("micrometer|prometheus|HdrHistogram|LatencyUtils"),
    HAZELCAST("hazelcast"),
    REDIS_CLIENT("redis-client"),
    GRAALJS("graalvm"),
    KOTLIN("kotlin"),
    PICOCLI("picocli"),
    LOGBACK("logback"),
    AUTH_JWT("auth-jwt"),
    ALL(
        Stream.of(MICROMETER, HAZELCAST, REDIS_CLIENT, GRAALJS, KOTLIN, PICOCLI, LOGBACK, AUTH_JWT)
            .map(each -> each.jars.pattern())
            .collect(Collectors.joining("|")));

    private final Pattern jars;

    Absent(String jars) {
      this.jars = Pattern.compile(jars);
    }

    private boolean hasMetrics() {
      return this != MICROMETER && this != ALL;
    }
  }

  @ParameterizedTest
  @EnumSource(Absent.class)
  void aHubStartsWithTheDefaults(Absent absent) throws Exception {
    JsonObject result = run(absent, config());
    assertThat(result.getString("failure")).isNull();
    assertThat(result.getInteger("metrics")).isEqualTo(absent.hasMetrics() ? 200 : 404);
    List<String> complaints = complaints(result);
    if (absent == Absent.MICROMETER) {
      assertThat(complaints)
          .containsExactly(
              "INFO no /metrics: io.micrometer:micrometer-registry-prometheus is not there");
    } else {
      assertThat(complaints).isEmpty();
    }
  }

  @Test
  void metricsThatAreNotWantedAreNotMissed() throws Exception {
    JsonObject result =
        run(Absent.MICROMETER, config().put("metrics", new JsonObject().put("enabled", false)));
    assertThat(result.getString("failure")).isNull();
    assertThat(complaints(result)).isEmpty();
  }

  @Test
  void metricsThatAreAskedForNeedMicrometer() throws Exception {
    JsonObject asked = config().put("metrics", new JsonObject().put("enabled", true));
    assertThat(run(Absent.MICROMETER, asked).getString("failure"))
        .isEqualTo(
            "metrics.enabled is true, which needs io.micrometer:micrometer-registry-prometheus on"
                + " the class path");
    assertThat(run(Absent.NOTHING, asked).getInteger("metrics")).isEqualTo(200);
  }

  @Test
  void aClusterNeedsHazelcast() throws Exception {
    JsonObject asked = config().put("cluster", new JsonObject().put("enabled", true));
    assertThat(run(Absent.HAZELCAST, asked).getString("failure"))
        .isEqualTo(
            "cluster.enabled is true, which needs io.vertx:vertx-hazelcast on the class path");
  }

  @Test
  void aStoreInRedisNeedsItsClient() throws Exception {
    JsonObject asked = config().put("store", new JsonObject().put("type", "redis"));
    assertThat(run(Absent.REDIS_CLIENT, asked).getString("failure"))
        .isEqualTo(
            "store.type is redis, which needs io.vertx:vertx-redis-client on the class path");
  }

  @Test
  void whoMakesAStoreOrAClusterByHandIsToldTheSame() throws Exception {
    assertThat(call(Absent.HAZELCAST, "use", "cluster"))
        .isEqualTo(
            "java.lang.IllegalStateException: a cluster is asked for, which needs"
                + " io.vertx:vertx-hazelcast on the class path");
    assertThat(call(Absent.REDIS_CLIENT, "use", "redis"))
        .isEqualTo(
            "java.lang.IllegalStateException: a store in Redis is asked for, which needs"
                + " io.vertx:vertx-redis-client on the class path");
  }

  @Test
  void aScriptNeedsGraalJs() throws Exception {
    assertThat(run(Absent.GRAALJS, withVerticle("chat", JS)).getString("failure"))
        .startsWith("verticles.chat (" + JS + ") did not start: ")
        .contains("org.graalvm.polyglot:polyglot", "org.graalvm.polyglot:js-community");
  }

  @Test
  void aKotlinVerticleNeedsKotlin() throws Exception {
    JsonObject asked = withVerticle("count", "verticles.kotlin.WordCount");
    assertThat(run(Absent.KOTLIN, asked).getString("failure"))
        .startsWith("verticles.count (verticles.kotlin.WordCount) did not start: ")
        .contains(
            "org.jetbrains.kotlin:kotlin-stdlib",
            "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm",
            "io.vertx:vertx-lang-kotlin-coroutines");
  }

  @Test
  void theCommandLineNeedsPicocli() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            entries(each -> !Absent.PICOCLI.jars.matcher(each).find())
                .collect(Collectors.joining(File.pathSeparator)),
            Main.class.getName(),
            "ls");
    Path output = dir.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(output)
        .hasContent("eric: the command line needs info.picocli:picocli on the class path");
    assertThat(process.exitValue()).isEqualTo(1);
  }

  private JsonObject config() {
    return new JsonObject()
        .put("http", new JsonObject().put("port", 0))
        .put("socket", new JsonObject().put("path", dir.resolve("e.sock").toString()));
  }

  private JsonObject withVerticle(String name, String verticle) {
    JsonObject verticles = new JsonObject().put(name, new JsonObject().put("verticle", verticle));
    return config().put("verticles", verticles);
  }

  /** What is beside the ordinary lines of a hub that starts and ends. */
  private static List<String> complaints(JsonObject result) {
    return result.getJsonArray("log").stream()
        .map(String::valueOf)
        .filter(line -> !line.startsWith("INFO") || line.contains("no ") || line.contains("not "))
        .toList();
  }

  /** Runs an application whose class path lacks something, in this process. */
  private static JsonObject run(Absent absent, JsonObject config) throws Exception {
    return new JsonObject(call(absent, "run", config.encode()));
  }

  private static String call(Absent absent, String method, String argument) throws Exception {
    URL[] classPath =
        entries(each -> !absent.jars.matcher(each).find())
            .map(WithoutOptionalDependenciesTest::url)
            .toArray(URL[]::new);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> program = loader.loadClass(HubWithout.class.getName());
      return (String) program.getMethod(method, String.class).invoke(null, argument);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Stream<String> entries(Predicate<String> kept) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(each -> Path.of(each).toAbsolutePath().toString())
        .filter(each -> !each.endsWith(".jar") || kept.test(each));
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
