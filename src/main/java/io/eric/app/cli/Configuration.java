package io.eric.app.cli;

import io.eric.options.EnvironmentSettings;
import io.eric.options.EricOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the program's settings come from: the defaults, over them a file, over it the environment,
 * over it the command line.
 */
final class Configuration {

  /** Read if it exists and no other file is named. */
  static final Path DEFAULT_FILE = Path.of("conf", "eric.json");

  private Configuration() {}

  /**
   * Puts the layers together.
   *
   * @param file must exist; null is {@link #DEFAULT_FILE}, which need not
   * @throws IllegalArgumentException naming the layer and the setting that is wrong
   */
  static EricOptions load(
      @Nullable Path file, Map<String, String> environment, JsonObject commandLine) {
    JsonObject settings = file == null ? defaultFile() : read(file);
    settings.mergeIn(EnvironmentSettings.read(environment), true);
    settings.mergeIn(commandLine, true);
    return EricOptions.fromJson(settings);
  }

  private static JsonObject defaultFile() {
    return Files.exists(DEFAULT_FILE) ? read(DEFAULT_FILE) : new JsonObject();
  }

  private static JsonObject read(Path file) {
    JsonObject settings = JsonFile.read("settings", file);
    try {
      EricOptions.fromJson(settings);
      return settings;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }
}
