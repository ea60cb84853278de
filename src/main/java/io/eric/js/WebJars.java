package io.eric.js;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads CommonJS packages that come with this library as WebJars on its class path. They implement
 * globals like {@code URL}, which this library should not implement itself, see
 * docs/decisions/0009. Their files are named {@code webjar:package/file}.
 */
final class WebJars {

  static final String PREFIX = "webjar:";

  /**
   * A package's version, which is part of its path and must be the one in the pom, and its entry.
   */
  private record Jar(String version, String entry) {}

  private static final Map<String, Jar> JARS =
      Map.of(
          "whatwg-url", new Jar("14.1.1", "index.js"),
          "tr46", new Jar("5.0.0", "index.js"),
          "webidl-conversions", new Jar("7.0.0", "lib/index.js"),
          "punycode", new Jar("2.3.1", "punycode.js"));

  private WebJars() {}

  /**
   * Returns the file that {@code require(specifier)} means in a file of a WebJar; null if it means
   * nothing.
   */
  static @Nullable String required(String importer, String specifier) {
    if (specifier.startsWith(".")) {
      Path file = Path.of(importer.substring(PREFIX.length())).resolveSibling(specifier);
      String name = file.normalize().toString().replace('\\', '/');
      return PREFIX + (name.endsWith(".json") || name.endsWith(".js") ? name : name + ".js");
    }
    return entry(
        specifier.endsWith("/") ? specifier.substring(0, specifier.length() - 1) : specifier);
  }

  /** Returns the entry file of a package; null if there is no such package here. */
  static @Nullable String entry(String packageName) {
    Jar jar = JARS.get(packageName);
    return jar == null ? null : PREFIX + packageName + '/' + jar.entry;
  }

  /**
   * Returns a file's text.
   *
   * @throws IOException if it is not on the class path, saying what to add
   */
  static String read(String path) throws IOException {
    String name = path.substring(PREFIX.length());
    int slash = name.indexOf('/');
    String packageName = slash < 0 ? name : name.substring(0, slash);
    Jar jar = JARS.get(packageName);
    if (jar == null) {
      throw new IOException("there is no WebJar " + packageName);
    }
    String resource =
        "/META-INF/resources/webjars/" + packageName + '/' + jar.version + name.substring(slash);
    try (InputStream file = WebJars.class.getResourceAsStream(resource)) {
      if (file == null) {
        throw new IOException(
            "org.webjars.npm:" + packageName + ':' + jar.version + " is not on the class path");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
