package io.eric.http.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import okhttp3.internal.sse.ServerSentEventReader;
import okio.Buffer;

/** What is encoded here is read by somebody else's parser (okhttp's) as it was meant. */
class SseFormatProperties {

  private record Event(String id, String type, String data) {}

  private final SseFormat format = new SseFormat();

  @Property
  void aTextArrivesWithItsLineBreaksMadeOneKind(@ForAll("texts") String text) {
    assertThat(parsed(entry(1, "t", Payload.of(text))))
        .containsExactly(new Event("e-1", "t", asData(text)));
  }

  @Property
  void aTextArrivesTheSameHoweverItWasEscaped(
      @ForAll("texts") String text, @ForAll("escapings") List<Integer> escapings) {
    Payload payload =
        Payload.ofValidJson(escaped(text, escapings).getBytes(StandardCharsets.UTF_8));
    assertThat(payload.value()).isEqualTo(text);
    assertThat(parsed(entry(1, "t", payload))).containsExactly(new Event("e-1", "t", asData(text)));
  }

  @Property(tries = 100)
  void batchesKeepEveryEventInOrder(@ForAll @Size(max = 20) List<@From("texts") String> texts) {
    List<Event> expected = new ArrayList<>();
    Entry[] entries = new Entry[texts.size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = entry(i + 1, "t" + i, Payload.of(texts.get(i)));
      expected.add(new Event("e-" + (i + 1), "t" + i, asData(texts.get(i))));
    }
    assertThat(parsed(entries)).isEqualTo(expected);
  }

  @Property
  void jsonArrivesWithItsWhiteSpace(@ForAll("whiteSpaces") List<String> spaces) {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < spaces.size(); i++) {
      json.append(i == 0 ? "" : ",").append(spaces.get(i)).append(i).append(spaces.get(i));
    }
    json.append(']');
    Payload payload = Payload.ofValidJson(json.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(parsed(entry(1, "t", payload)))
        .containsExactly(new Event("e-1", "t", asData(json.toString())));
  }

  @Property
  void typesArrive(@ForAll("types") String type) {
    assertThat(parsed(entry(1, type, Payload.NULL)))
        .containsExactly(new Event("e-1", wellFormed(type), "null"));
  }

  /** Line breaks, NUL, byte order mark, halves of pairs, whole pairs and everything else. */
  @Provide
  Arbitrary<String> texts() {
    return characters(
            "\r",
            "\n",
            "\r\n",
            "\0",
            "\ufeff",
            "\ud83d",
            "\ude00",
            "\ud83d\ude00",
            "\\",
            "\"",
            "/",
            ":",
            " ",
            "data: ",
            "\t",
            "\u001f",
            "\u007f",
            "\u0085",
            "\u2028",
            "\u00e9",
            "\uffff")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> types() {
    return characters("\ufeff", "\ud83d", "\ude00", "\ud83d\ude00", ":", " ", "\t", "\u00e9")
        .list()
        .ofMinSize(1)
        .ofMaxSize(40)
        .map(parts -> String.join("", parts).replaceAll("[\r\n\0]", "x"))
        .filter(type -> !type.isEmpty());
  }

  private static Arbitrary<String> characters(String... special) {
    return Arbitraries.oneOf(
        Arbitraries.of(special),
        Arbitraries.strings().all().ofLength(1),
        Arbitraries.strings().alpha());
  }

  @Provide
  Arbitrary<List<Integer>> escapings() {
    return Arbitraries.integers().between(0, 3).list().ofSize(64);
  }

  @Provide
  Arbitrary<List<String>> whiteSpaces() {
    return Arbitraries.of("", " ", "\t", "\n", "\r", "\r\n", "\n\r", "\n\n").list().ofMaxSize(20);
  }

  /** What the standard lets a reader see: line breaks are LF, halves of pairs are U+FFFD. */
  private static String asData(String text) {
    return wellFormed(text.replace("\r\n", "\n").replace('\r', '\n'));
  }

  private static String wellFormed(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(p -> out.appendCodePoint(p >= 0xD800 && p <= 0xDFFF ? 0xFFFD : p));
    return out.toString();
  }

  /** A JSON string with raw, short and long escapes as told; what must be escaped is. */
  private static String escaped(String text, List<Integer> escapings) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int how = escapings.get(i % escapings.size());
      int short_ = "\b\t\n\f\r\"\\/".indexOf(c);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (short_ >= 0 && how < 2) {
        json.append('\\').append("btnfr\"\\/".charAt(short_));
      } else if (pair && how == 0) {
        json.append(c).append(text.charAt(++i));
      } else if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c) || how == 3) {
        json.append(String.format(how == 1 ? "\\u%04X" : "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private List<Event> parsed(Entry... entries) {
    List<Event> events = new ArrayList<>();
    Buffer bytes = new Buffer();
    bytes.write(format.prologue(1000).getBytes());
    bytes.write(format.encode(List.of(entries), "e", 5).getBytes());
    ServerSentEventReader reader =
        new ServerSentEventReader(
            bytes,
            new ServerSentEventReader.Callback() {
              @Override
              public void onEvent(String id, String type, String data) {
                events.add(new Event(id, type, data));
              }

              @Override
              public void onRetryChange(long ms) {
                assertThat(ms).isEqualTo(1000);
              }
            });
    try {
      while (reader.processNextEvent()) {
        // All of it is in memory.
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(bytes.exhausted()).isTrue();
    return events;
  }

  private static Entry entry(long sequence, String type, Payload payload) {
    return new Entry(sequence, 0, null, type, payload, null, null);
  }
}
