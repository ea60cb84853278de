package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever pieces the bytes come in, the same commands come out. */
class CommandFramerProperties {

  @Property
  void anyCuttingGivesTheSameCommands(
      @ForAll("hostile") String input, @ForAll List<@IntRange(min = 1, max = 40) Integer> cuts) {
    assertThat(pieces(input, cuts)).isEqualTo(CommandFramerTest.frames(input));
  }

  @Property
  void wellFormedObjectsComeOutAsTheyWentIn(
      @ForAll("objects") List<String> objects,
      @ForAll List<@IntRange(min = 1, max = 40) Integer> cuts) {
    StringBuilder input = new StringBuilder();
    objects.forEach(object -> input.append(object).append('\n'));
    List<String> expected = objects.stream().map(object -> object + "+").toList();
    CommandFramer framer = new CommandFramer(1 << 20);
    assertThat(pieces(framer, input.toString(), cuts)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.strings().withChars("{}[]\"\\:, \n\r\t1aé\uD83D\uDE00").ofMaxLength(160);
  }

  @Provide
  Arbitrary<List<String>> objects() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(12);
    Arbitrary<String> object =
        Combinators.combine(text, text, Arbitraries.of("", " ", "\n"))
            .as(
                (key, value, blank) ->
                    new JsonObject()
                        .put("k", new JsonObject().put(well(key), well(value)))
                        .encode()
                        .replace(",", blank + "," + blank));
    return object.list().ofMaxSize(20);
  }

  /** Surrogates without partners do not survive UTF-8, so they are not asked to. */
  private static String well(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static List<String> pieces(String input, List<Integer> cuts) {
    return pieces(new CommandFramer(100), input, cuts);
  }

  private static List<String> pieces(CommandFramer framer, String input, List<Integer> cuts) {
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    List<String> frames = new ArrayList<>();
    int from = 0;
    for (int i = 0; from < bytes.length; i++) {
      int length = cuts.isEmpty() ? 1 : Math.min(cuts.get(i % cuts.size()), bytes.length - from);
      framer.feed(bytes, from, length);
      from += length;
      frames.addAll(CommandFramerTest.drain(framer));
      if (frames.contains("TOO_LARGE")) {
        return frames;
      }
    }
    framer.end();
    frames.addAll(CommandFramerTest.drain(framer));
    return frames;
  }
}
