package io.eric;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

  @Property
  void aPositionIsReadAsItWasWritten(
      @ForAll
          @StringLength(min = 1, max = 40)
          @CharRange(from = 'a', to = 'z')
          @CharRange(from = '0', to = '9')
          @CharRange(from = '-', to = '-')
          String epoch,
      @ForAll @LongRange(max = 999_999_999_999_999_999L) long sequence) {
    Position position = new Position(epoch, sequence);
    assertThat(Position.parse(position.toString())).isEqualTo(position);
  }

  @Property
  void noTextMakesParsingFail(@ForAll String text) {
    Position position = Position.parse(text);
    if (position != null) {
      assertThat(text).startsWith(position.epoch() + "-");
      assertThat(position.sequence()).isNotNegative();
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "-",
        "e",
        "e-",
        "-1",
        "e-x",
        "e-1x",
        "e-+1",
        "e- 1",
        "e-\u0661",
        "e1",
        "e-1000000000000000000",
        "a234567890123456789012345678901234567890123456789012345678901234-1"
      })
  void whatIsNoPositionIsNull(String text) {
    assertThat(Position.parse(text)).isNull();
  }

  @Example
  void theLongestTextIsSixtyFourCharacters() {
    String epoch = "e".repeat(62);
    assertThat(Position.parse(epoch + "-1")).isEqualTo(new Position(epoch, 1));
    assertThat(Position.parse(epoch + "e-1")).isNull();
  }
}
