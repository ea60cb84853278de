package io.eric.internal;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the library works without. A class that mentions one of these is not to be touched before
 * {@link #isPresent} was asked: the machine may resolve what a class mentions as soon as it
 * verifies it, so catching the error inside of that class is too late.
 */
public enum OptionalDependency {
  /** For {@code /metrics}. */
  MICROMETER(
      "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
      "io.micrometer:micrometer-registry-prometheus"),
  /** For a cluster. */
  HAZELCAST("io.vertx.spi.cluster.hazelcast.HazelcastClusterManager", "io.vertx:vertx-hazelcast"),
  /** For the store in Redis. */
  REDIS_CLIENT("io.vertx.redis.client.Redis", "io.vertx:vertx-redis-client"),
  /** For the command line. */
  PICOCLI("picocli.CommandLine", "info.picocli:picocli"),
  /** For verticles in Kotlin. */
  KOTLIN("kotlin.Unit", "org.jetbrains.kotlin:kotlin-stdlib"),
  /** For verticles in Kotlin. */
  COROUTINES(
      "kotlinx.coroutines.CoroutineScope", "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm"),
  /** For verticles in Kotlin. */
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

  /** Whether it is on the class path. */
  public boolean isPresent() {
    try {
      Class.forName(className, false, OptionalDependency.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }

  /**
   * Refuses what cannot be had without it.
   *
   * @param asked the setting that asks for it, as {@code store.type is redis}
   * @throws IllegalStateException naming setting and artifact, if it is not on the class path
   */
  public void require(String asked) {
    if (!isPresent()) {
      throw new IllegalStateException(asked + ", which needs " + artifact + " on the class path");
    }
  }

  /**
   * What code in Kotlin misses that was stopped by this failure.
   *
   * @return null if it is about something else
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

  /** What to add to have it, as {@code group:artifact}. */
  public String artifact() {
    return artifact;
  }
}
