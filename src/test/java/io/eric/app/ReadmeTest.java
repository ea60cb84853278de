package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.options.SettingPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  @Test
  void theTableOfSettingsIsThatOfTheOptionsClasses() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    List<String> table =
        readme
            .substring(readme.indexOf("<!-- settings"), readme.indexOf("<!-- /settings"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .toList();

    assertThat(table).containsExactlyElementsOf(expected());
  }

  private static List<String> expected() {
    return SettingPaths.defaults().entrySet().stream().map(ReadmeTest::row).toList();
  }

  private static String row(Map.Entry<String, @Nullable Object> setting) {
    String value = setting.getValue() == null ? "" : "`" + setting.getValue() + '`';
    String path = setting.getKey();
    return "| `" + path + "` | " + value + " | `" + SettingPaths.variable(path) + "` |";
  }
}
