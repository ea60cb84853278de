package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentPatternTest {

  @ParameterizedTest
  @CsvSource({
    "news, news, true",
    "news, News, false",
    "news, new, false",
    "news, newsx, false",
    "news, news.sport, false",
    "news.sport, news.sport, true",
    "news.*, news.sport, true",
    "news.*, news, false",
    "news.*, news., true",
    "news.*, news.sport.tennis, false",
    "*.sport, news.sport, true",
    "*, news, true",
    "*, news.sport, false",
    "news.**, news.sport.tennis, true",
    "news.**, news.sport, true",
    "news.**, news, false",
    "news.**, newsx.sport, false",
    "**, a.b.c, true",
    "a..b, a..b, true",
    "a..b, a.x.b, false",
    "a.*.b, a..b, true",
    "user.{sub}, user.ann, true",
    "user.{sub}, user.bob, false",
    "user.{sub}.**, user.ann.inbox, true",
    "{sub}, ann, true",
  })
  void matches(String pattern, String id, boolean expected) {
    assertThat(SegmentPattern.of(pattern, "ann").matches(id)).isEqualTo(expected);
  }

  /** Each could name, or end, more segments than the one that it stands for. */
  @ParameterizedTest
  @CsvSource({"a.b", "*", "**", "''", "a/b", "{sub}", "ä", "a b", "."})
  void aSubjectThatIsNoSegmentMatchesNothing(String subject) {
    SegmentPattern pattern = SegmentPattern.of("user.{sub}", subject);
    assertThat(pattern.matches("user." + subject)).isFalse();
    assertThat(pattern.matches("user.a")).isFalse();
    assertThat(SegmentPattern.of("user.*", subject).matches("user.a")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is empty",
    "news.**.x, ** must be the last segment",
    "new*, 'the segment \"new*\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~ -'",
    "a.***, 'the segment \"***\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~ -'",
    "x{sub}, 'the segment \"x{sub}\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~"
        + " -'",
    "{SUB}, 'the segment \"{SUB}\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~"
        + " -'",
    "a b, 'the segment \"a b\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~ -'",
  })
  void whatIsMalformedIsNamed(String pattern, String message) {
    assertThatThrownBy(() -> SegmentPattern.of(pattern, "ann"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
