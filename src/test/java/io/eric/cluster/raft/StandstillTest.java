package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replica has and what is committed, second by second. */
class StandstillTest {

  @ParameterizedTest(name = "{0}: {3} ms")
  @CsvSource(
      textBlock =
          """
          it has all,                          7 7 7 7,     7 7 7 7,     0
          it has more than is committed,       7 7 8 8,     6 6 6 6,     0
          it lacks something and gets it,      7 8 9 10,    20 20 20 20, 0
          it gets nothing,                     7 7 7 7,     8 9 9 9,     3000
          it has lacked nothing for long,      7 7 7 7,     7 7 7 8,     1000
          it goes on after a while,            7 7 7 8,     9 9 9 9,     0
          it stops again,                      7 7 8 8,     9 9 9 9,     1000
          its last entries were taken away,    9 9 9 6,     20 20 20 20, 0
          """)
  void saysForHowLongNothingCame(String what, String has, String committed, long expected) {
    Standstill standstill = new Standstill();
    String[] indices = has.split(" ");
    String[] others = committed.split(" ");
    long still = -1;
    for (int i = 0; i < indices.length; i++) {
      still =
          standstill.check(Long.parseLong(indices[i]), Long.parseLong(others[i]), 1_000L * (i + 1));
    }
    assertThat(still).as(what).isEqualTo(expected);
  }
}
