package io.eric.app.cli;

import io.eric.options.ClusterOptions;
import io.eric.options.EnvironmentSettings;
import io.eric.options.EricOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the program's settings. A file overrides the defaults, the environment overrides the file,
 * and the command line overrides the environment.
 */
final class Configuration {

  /** The file that is read if it exists and no other file is named. */
  static final Path DEFAULT_FILE = Path.of("conf", "eric.json");

  private static final String CLUSTER_DIRECTORY = "eric-cluster";
  private static final int CLUSTER_SIZE = 3;

  private Configuration() {}

  /**
   * Combines the layers.
   *
   * @param file the settings' file, which must exist; null means {@link #DEFAULT_FILE}, which may
   *     be absent
   * @throws IllegalArgumentException naming the layer and the setting that is wrong
   */
  static EricOptions load(
      @Nullable Path file, Map<String, String> environment, JsonObject commandLine) {
    JsonObject settings = file == null ? defaultFile() : read(file);
    settings.mergeIn(EnvironmentSettings.read(environment), true);
    settings.mergeIn(commandLine, true);
    EricOptions options = new EricOptions(settings);
    locate(options.getCluster());
    return options;
  }

  /**
   * Says where the nodes of a cluster are, if nothing else does: a program that is started three
   * times in one directory is a cluster. An application has to say it, because its working
   * directory is chance.
   */
  private static void locate(ClusterOptions cluster) {
    if (cluster.getDirectory().isEmpty()) {
      cluster.setDirectory(CLUSTER_DIRECTORY);
    }
    if (cluster.getSize() == 0) {
      cluster.setSize(CLUSTER_SIZE);
    }
  }

  private static JsonObject defaultFile() {
    return Files.exists(DEFAULT_FILE) ? read(DEFAULT_FILE) : new JsonObject();
  }

  private static JsonObject read(Path file) {
    JsonObject settings = JsonFile.read("settings", file);
    try {
      new EricOptions(settings);
      return settings;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }
}
