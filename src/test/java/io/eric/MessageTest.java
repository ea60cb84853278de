package io.eric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a\rb",
        "a\nb",
        "a\u0000b",
        "\n",
        "\t",
        "\u000b",
        "\f",
        "\u001b[2J",
        "\u001f",
        "\u007f",
        "\u0080",
        "\u0085",
        "\u009f",
        "\u2028",
        "\u2029"
      })
  void aTypeThatCouldForgeAnEventIsRefused(String type) {
    assertThatThrownBy(() -> Message.of(type, null))
        .isInstanceOf(InvalidMessageFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "~", "\u00a0", "\u2027", "\u202a", "\ud83d\ude00", "a b"})
  void anyOtherCharacterMayStandInAType(String type) {
    assertThat(Message.of(type, null).type()).isEqualTo(type);
  }

  @Test
  void aTypeHasAtMost255Characters() {
    assertThat(Message.of("t".repeat(255), null).type()).hasSize(255);
    assertThatThrownBy(() -> Message.of("t".repeat(256), null))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageContaining("256");
  }

  @Test
  void signingChangesTheSenderOnly() {
    Message message = new Message("t", 1, null, "e-1");
    assertThat(message.signedBy("ann")).isEqualTo(new Message("t", 1, "ann", "e-1"));
    assertThat(message.sender()).isNull();
  }

  @Test
  void typesOfTheHubAreReserved() {
    for (String type :
        new String[] {
          Message.CHANNEL_CLOSED, Message.GAP, Message.ERROR, Message.GOODBYE, Message.TAKEN_OVER
        }) {
      assertThat(Message.isReserved(type)).as(type).isTrue();
    }
    assertThat(Message.isReserved("_ericson")).isFalse();
    assertThat(Message.isReserved("x_eric_")).isFalse();
  }
}
