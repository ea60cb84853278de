package io.eric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "0", ".", "_", "~", "-", "az.AZ_09~-"})
  void theAllowedCharactersAreValid(String id) {
    assertThat(Ids.isValid(id)).isTrue();
    assertThat(Ids.check("channel", id)).isSameAs(id);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {" ", "a b", "a/b", "a\n", "\u0000", "\u00e4", "a:b", "@", "[", "`", "{"})
  void anythingElseIsNot(String id) {
    assertThat(Ids.isValid(id)).isFalse();
    assertThatThrownBy(() -> Ids.check("listener", id))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageContaining("listener id");
  }

  @Property
  void anIdIsValidExactlyIfItMatchesTheContract(@ForAll String id) {
    assertThat(Ids.isValid(id)).isEqualTo(id.matches("[A-Za-z0-9._~-]{1,128}"));
  }

  @Example
  void theLongestIdHas128Characters() {
    assertThat(Ids.isValid("x".repeat(128))).isTrue();
    assertThat(Ids.isValid("x".repeat(129))).isFalse();
  }

  @Example
  void aRandomIdIsALowerCaseUuidOfVersion4() {
    String id = Ids.random();
    assertThat(id).hasSize(36).isLowerCase().isNotEqualTo(Ids.random());
    assertThat(UUID.fromString(id).version()).isEqualTo(4);
    assertThat(Ids.isValid(id)).isTrue();
  }
}
