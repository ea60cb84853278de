package io.eric.consumer;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The list of what is in the runnable jar. */
record Sbom(JsonObject json) {

  private static final String PLACE = "META-INF/sbom/eric-vertx.cdx.json";

  /** Reads it out of the jar, where its manifest says that it is. */
  static Sbom read(JarFile jar) throws IOException {
    String place = jar.getManifest().getMainAttributes().getValue("Sbom-Location");
    JarEntry entry = jar.getJarEntry(place == null ? PLACE : place);
    if (entry == null) {
      throw new AssertionError("no SBOM in " + jar.getName() + ": was it built with mvn -o?");
    }
    byte[] text = jar.getInputStream(entry).readAllBytes();
    return new Sbom(new JsonObject(new String(text, StandardCharsets.UTF_8)));
  }

  List<JsonObject> components() {
    return json.getJsonArray("components").stream().map(each -> (JsonObject) each).toList();
  }

  /** All components, as {@code group:artifact:version}. */
  List<String> artifacts() {
    return components().stream()
        .map(
            each ->
                String.join(
                    ":",
                    each.getString("group"),
                    each.getString("name"),
                    each.getString("version")))
        .toList();
  }
}
