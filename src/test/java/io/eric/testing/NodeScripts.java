package io.eric.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Scripts of the tests that a real node runs, with packages of npm's. */
public final class NodeScripts {

  private static final Path DIR = Path.of("src/test/node").toAbsolutePath();

  private NodeScripts() {}

  /**
   * A script that imports this package. Skips the test if it is not installed, or fails it if the
   * environment says {@code ERIC_REQUIRE_ALL=1}.
   */
  public static String needing(String npmPackage, String script) {
    if (!Files.isDirectory(DIR.resolve("node_modules").resolve(npmPackage))) {
      String reason = "npm " + npmPackage + " is not installed: npm ci --prefix " + DIR;
      if ("1".equals(System.getenv("ERIC_REQUIRE_ALL"))) {
        throw new AssertionError(reason + " (ERIC_REQUIRE_ALL=1)");
      }
      System.err.println("SKIPPED: " + reason);
      Assumptions.abort(reason);
    }
    return DIR.resolve(script).toString();
  }
}
