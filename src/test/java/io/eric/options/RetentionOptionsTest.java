package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionOptionsTest {

  @Test
  void theDefaultsAreThoseOfTheDesign() {
    assertThat(RetentionOptions.DEFAULT)
        .isEqualTo(new RetentionOptions(10_000, 4_194_304, 300_000, 65_536, 67_108_864, 0));
  }

  @Test
  void noHistoryIsAllowed() {
    assertThat(new RetentionOptions(0, 0, 0, 1, 1, 0).historyMessages()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0, 1, 1, 0, history.messages is -1",
    "0, -1, 0, 1, 1, 0, history.bytes is -1",
    "0, 0, -1, 1, 1, 0, history.age is -1",
    "0, 0, 0, 0, 1, 0, limit.messages is 0",
    "0, 0, 0, 1, 0, 0, limit.bytes is 0",
    "0, 0, 0, 1, 1, -1, messageTtl is -1"
  })
  void aValueOutOfRangeIsNamed(
      int messages, long bytes, long age, int limit, long limitBytes, long ttl, String error) {
    assertThatThrownBy(() -> new RetentionOptions(messages, bytes, age, limit, limitBytes, ttl))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(error);
  }
}
