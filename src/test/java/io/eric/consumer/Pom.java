package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this build's POM says. */
final class Pom {

  static final Path FILE = Path.of("pom.xml");

  private Pom() {}

  /** The library's version. */
  static String version() throws IOException {
    return first("<version>([^<]+)</version>");
  }

  static String property(String name) throws IOException {
    return first("<" + Pattern.quote(name) + ">([^<]+)</");
  }

  /** The version of a plugin that the build uses. */
  static String plugin(String artifact) throws IOException {
    String version =
        first("<artifactId>" + artifact + "</artifactId>\\s*<version>([^<]+)</version>");
    return version.startsWith("${")
        ? property(version.substring(2, version.length() - 1))
        : version;
  }

  private static String first(String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(FILE));
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
