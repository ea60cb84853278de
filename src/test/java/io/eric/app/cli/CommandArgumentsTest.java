package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CommandArgumentsTest {

  private static byte[] line(String... arguments) {
    return (String.join("\0", arguments) + '\0').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatTheLocaleCouldNotDecodeIsReadAsItWasTyped() {
    byte[] line = line("java", "-jar", "eric.jar", "broadcast", "news", "h\u00e9llo \ud83d\ude00");
    assertThat(CommandArguments.typed(new String[] {"broadcast", "news", "h\ufffd\ufffdllo"}, line))
        .containsExactly("broadcast", "news", "h\u00e9llo \ud83d\ude00");
  }

  @Test
  void whatIsNotUtf8EitherIsRefused() {
    byte[] line = line("java", "news", "caf?");
    line[line.length - 2] = (byte) 0xe9;
    assertThatThrownBy(() -> CommandArguments.typed(new String[] {"news", "caf\ufffd"}, line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("argument 2 is not UTF-8");
  }

  @Test
  void whereTheSystemDoesNotTellTheLocaleIsNamed() {
    assertThatThrownBy(() -> CommandArguments.typed(new String[] {"\ufffd"}, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(System.getProperty("sun.jnu.encoding"))
        .hasMessageContaining("LC_ALL");
  }
}
