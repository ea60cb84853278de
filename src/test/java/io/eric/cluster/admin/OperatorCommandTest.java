package io.eric.cluster.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorCommandTest {

  @Test
  void commandsAreReadAsTheyWereWritten() {
    for (OperatorCommand each :
        new OperatorCommand[] {
          OperatorCommand.status(),
          OperatorCommand.transfer(0, "b"),
          OperatorCommand.replace("a.example"),
          OperatorCommand.form(true),
          OperatorCommand.form(false)
        }) {
      assertThat(OperatorCommand.from(each.toJson().toBuffer())).isEqualTo(each);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense|this is no command: a JSON object with command, force, group, node",
        "[]|this is no command: a JSON object with command, force, group, node",
        "{\"command\":\"transfer\",\"group\":\"one\"}|this is no command: a JSON object with"
            + " command, force, group, node",
        "{\"command\":\"stop\"}|there is no command \"stop\", allowed are status, transfer,"
            + " replace, form",
        "{}|there is no command \"\", allowed are status, transfer, replace, form",
        "{\"command\":\"form\",\"forse\":true}|a command has no forse, allowed are command, force,"
            + " group, node"
      })
  void whatIsNoCommandIsRefusedByName(String text, String refusal) {
    assertThatThrownBy(() -> OperatorCommand.from(Buffer.buffer(text)))
        .isInstanceOf(CommandRefusedException.class)
        .hasMessage(refusal);
  }
}
