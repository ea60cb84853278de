package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFileTest {

  @TempDir private Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'http': {'port': 1,}}      | , line 1, column 21: a comma must not stand before }",
        "{'a': [1,~ ]}               | , line 2, column 2: a comma must not stand before ]",
        "{'a': 1~ 'b': 2}            | , line 2, column 2: not JSON at '\"'",
        "{'a': 1                     | : the file ends before the JSON does",
        "{'a': 1, 'a': 2}            | : this key stands here twice",
        "{'a': tru}                  | , line 1, column 10: not JSON at '}'",
        "{'a': 1} {}                 | , line 1, column 10: more follows the object",
        "[1]                         | is not a JSON object",
        "7                           | is not a JSON object"
      })
  void whatIsNoJsonIsRefusedWithItsPlace(String text, String complaint) throws Exception {
    Path file = dir.resolve("eric.json");
    Files.writeString(file, text.replace('\'', '"').replace('~', '\n'));
    assertThatThrownBy(() -> JsonFile.read("settings", file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("settings: " + file)
        .hasMessageContaining(complaint.strip())
        .hasMessageNotContaining("jackson")
        .hasMessageNotContaining("code ");
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    Path file = dir.resolve("none.json");
    assertThatThrownBy(() -> JsonFile.read("settings", file))
        .hasMessage("settings: cannot read " + file + ": there is no such file or directory");
    Files.write(file, "{\"a\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> JsonFile.read("settings", file))
        .hasMessage("settings: " + file + " is not UTF-8");
    Files.writeString(file, "");
    assertThatThrownBy(() -> JsonFile.read("settings", file)).hasMessageContaining("is empty");
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws Exception {
    Path file = dir.resolve("eric.json");
    Files.writeString(file, "\uFEFF{\"a\": 1}");
    assertThat(JsonFile.read("settings", file).getInteger("a")).isEqualTo(1);
  }
}
