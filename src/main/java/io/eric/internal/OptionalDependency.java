package io.eric.internal;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A dependency that the library also works without. A class that mentions one must not be loaded
 * before {@link #isPresent} was asked: the virtual machine may resolve the classes that a class
 * mentions as soon as it verifies that class, so catching the error inside the class is too late.
 */
public enum OptionalDependency {
  /** It serves {@code /metrics}. */
  MICROMETER(
      "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
      "io.micrometer:micrometer-registry-prometheus"),
  /** It forms a cluster. */
  HAZELCAST("io.vertx.spi.cluster.hazelcast.HazelcastClusterManager", "io.vertx:vertx-hazelcast"),
  /** It reaches the store in Redis. */
  REDIS_CLIENT("io.vertx.redis.client.Redis", "io.vertx:vertx-redis-client"),
  /** It parses the command line. */
  PICOCLI("picocli.CommandLine", "info.picocli:picocli"),
  /** Verticles in Kotlin need it. */
  KOTLIN("kotlin.Unit", "org.jetbrains.kotlin:kotlin-stdlib"),
  /** Verticles in Kotlin need it. */
  COROUTINES(
      "kotlinx.coroutines.CoroutineScope", "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm"),
  /** Verticles in Kotlin need it. */
  KOTLIN_VERTICLES(
      "io.vertx.kotlin.coroutines.CoroutineVerticle", "io.vertx:vertx-lang-kotlin-coroutines");

  private static final List<OptionalDependency> OF_KOTLIN =
      List.of(KOTLIN, COROUTINES, KOTLIN_VERTICLES);

  private final String className;
  private final String artifact;

  OptionalDependency(String className, String artifact) {
    this.className = className;
    this.artifact = artifact;
  }

  /** Returns whether it is on the class path. */
  public boolean isPresent() {
    try {
      Class.forName(className, false, OptionalDependency.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }

  /**
   * Refuses a setting that needs this dependency if it is absent.
   *
   * @param asked the setting that needs it, like {@code store.type is redis}
   * @throws IllegalStateException naming setting and artifact, if it is not on the class path
   */
  public void require(String asked) {
    if (!isPresent()) {
      throw new IllegalStateException(asked + ", which needs " + artifact + " on the class path");
    }
  }

  /**
   * Returns the artifacts that Kotlin code lacks, if that is the reason for this failure.
   *
   * @return null if the failure has another reason
   */
  public static @Nullable String missingKotlin(Throwable failure) {
    boolean aboutKotlin =
        (failure instanceof LinkageError || failure instanceof ClassNotFoundException)
            && String.valueOf(failure.getMessage()).contains("kotlin");
    List<OptionalDependency> absent = OF_KOTLIN.stream().filter(each -> !each.isPresent()).toList();
    return aboutKotlin && !absent.isEmpty()
        ? absent.stream().map(OptionalDependency::artifact).collect(Collectors.joining(", "))
        : null;
  }

  /** Returns what to add to the class path, as {@code group:artifact}. */
  public String artifact() {
    return artifact;
  }
}
