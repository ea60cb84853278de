package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The runnable jar says what is in it, in the forms that tools and lawyers read. */
class RunnableJarIT {

  private static final String LICENCES = "META-INF/licenses/";
  private static final Pattern LEGAL =
      Pattern.compile("(META-INF/)?(LICENSE|NOTICE|COPYRIGHT|THIRD-PARTY|thirdparty-LICENSE)[^/]*");

  private static JarFile jar;
  private static Set<String> entries;
  private static Sbom sbom;

  @BeforeAll
  static void open() throws Exception {
    jar = new JarFile(System.getProperty("eric.jar"));
    entries = jar.stream().map(JarEntry::getName).collect(Collectors.toSet());
    sbom = Sbom.read(jar);
  }

  @AfterAll
  static void close() throws Exception {
    jar.close();
  }

  @Test
  void itHasAnSbomThatNamesEveryJarInIt() throws Exception {
    assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Format"))
        .isEqualTo("CycloneDX");
    assertThat(sbom.json().getString("bomFormat")).isEqualTo("CycloneDX");
    assertThat(sbom.json().getJsonObject("metadata").getJsonObject("component").getString("name"))
        .isEqualTo("eric-vertx");
    assertThat(sbom.artifacts())
        .contains(
            "io.vertx:vertx-core:" + Pom.property("vertx.version"),
            "io.netty:netty-codec-http:" + Pom.property("netty.version"),
            "com.fasterxml.jackson.core:jackson-databind:" + Pom.property("jackson.version"))
        .noneMatch(artifact -> artifact.contains("junit"));
    assertThat(sbom.components().stream().filter(each -> !each.containsKey("hashes")))
        .as("named and not there")
        .isEmpty();
  }

  /** Each jar of the runtime class path is marked by its hash; what else is there is the tests'. */
  @Test
  void whatTheSbomListsIsWhatIsInIt() throws Exception {
    Set<String> there = new HashSet<>();
    for (Path each : inside()) {
      there.add(sha256(each));
    }
    assertThat(
            sbom.components().stream()
                .filter(each -> !"pom".equals(typeOf(each)))
                .filter(each -> !there.contains(sha256(each)))
                .map(each -> each.getString("name") + ' ' + each.getString("version")))
        .as("listed, but not there")
        .isEmpty();
  }

  private static String typeOf(JsonObject component) {
    return component.getString("purl").replaceFirst(".*[?&]type=(\\w+).*", "$1");
  }

  private static String sha256(JsonObject component) {
    return component.getJsonArray("hashes").stream()
        .map(each -> (JsonObject) each)
        .filter(each -> each.getString("alg").equals("SHA-256"))
        .map(each -> each.getString("content"))
        .findFirst()
        .orElse("none");
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void itKeepsTheMavenDescriptorsOfWhatIsInIt() throws Exception {
    assertThat(entries).contains("META-INF/maven/io.eric/eric-vertx/pom.xml");
    for (Path each : inside()) {
      try (JarFile part = new JarFile(each.toFile())) {
        assertThat(entries)
            .as(each.toString())
            .containsAll(
                part.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith("META-INF/maven/") && name.endsWith("pom.xml"))
                    .toList());
      }
    }
  }

  @Test
  void itKeepsTheLicencesAndNoticesOfWhatIsInIt() throws Exception {
    for (Path each : inside()) {
      String artifact = each.getFileName().toString().replaceFirst("-[0-9][^-]*(-.*)?\\.jar$", "");
      try (JarFile part = new JarFile(each.toFile())) {
        for (JarEntry entry : part.stream().filter(e -> isLegal(e)).toList()) {
          JarEntry kept = jar.getJarEntry(LICENCES + artifact + "-jar/" + entry.getName());
          assertThat(kept).as("%s of %s", entry.getName(), each).isNotNull();
          assertThat(jar.getInputStream(kept).readAllBytes())
              .isEqualTo(part.getInputStream(entry).readAllBytes());
        }
      }
    }
  }

  private static boolean isLegal(JarEntry entry) {
    return !entry.isDirectory() && LEGAL.matcher(entry.getName()).matches();
  }

  @Test
  void everyLicenceThatTheSbomNamesIsThereAsAText() {
    List<String> missing = new ArrayList<>();
    for (JsonObject component : sbom.components()) {
      JsonArray licences = component.getJsonArray("licenses");
      assertThat(licences).as(component.getString("name")).isNotNull().isNotEmpty();
      for (Object each : licences) {
        JsonObject licence = ((JsonObject) each).getJsonObject("license");
        String id = licence.getString("id");
        String text = id == null ? textOf(licence.getString("name")) : id;
        if (!entries.contains(LICENCES + text + ".txt")) {
          missing.add(component.getString("name") + ": " + text);
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(entries).contains("META-INF/LICENSE");
  }

  /** Of one that has no short name. */
  private static String textOf(String name) {
    return name.equals("Unicode/ICU License") ? "Unicode-3.0" : name;
  }

  /** The jars that it was made of: those of the class path that the SBOM knows. */
  private static List<Path> inside() throws IOException {
    Set<String> known =
        sbom.components().stream()
            .map(each -> each.getString("name") + '-' + each.getString("version") + ".jar")
            .collect(Collectors.toSet());
    List<Path> found =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> known.contains(path.getFileName().toString()))
            .filter(Files::isRegularFile)
            .toList();
    assertThat(found).hasSizeGreaterThan(40);
    return found;
  }
}
