package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Patterns against regular expressions that mean the same. */
class SegmentPatternProperties {

  @Property
  void itMatchesWhatAnEquallyMeantRegularExpressionMatches(
      @ForAll("patterns") List<String> segments, @ForAll("ids") List<String> idSegments) {
    String pattern = String.join(".", segments);
    String id = String.join(".", idSegments);
    Pattern oracle =
        Pattern.compile(
            segments.stream()
                .map(
                    segment ->
                        switch (segment) {
                          case "*" -> "[^.]*";
                          case "**" -> ".*";
                          case "{sub}" -> "ann";
                          default -> segment;
                        })
                .collect(Collectors.joining("\\.")));
    assertThat(SegmentPattern.of(pattern, "ann").matches(id))
        .as("%s on %s", pattern, id)
        .isEqualTo(oracle.matcher(id).matches());
  }

  @Provide
  Arbitrary<List<String>> patterns() {
    Arbitrary<List<String>> start =
        Arbitraries.of("a", "b", "ann", "*", "{sub}").list().ofMinSize(1).ofMaxSize(4);
    return start.flatMap(
        segments ->
            Arbitraries.of(true, false)
                .map(
                    rest -> {
                      if (!rest) {
                        return segments;
                      }
                      List<String> withRest = new ArrayList<>(segments);
                      withRest.add("**");
                      return withRest;
                    }));
  }

  @Provide
  Arbitrary<List<String>> ids() {
    return Arbitraries.of("a", "b", "ann", "").list().ofMinSize(1).ofMaxSize(6);
  }
}
