package io.eric.http.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes of server-sent events, docs/PROTOCOL.md section 4. */
@Execution(ExecutionMode.SAME_THREAD)
class SseFormatTest {

  private final SseFormat format = new SseFormat();

  @Test
  void anEventIsItsTypeItsPositionItsDataAndABlankLine() {
    assertThat(encoded(entry(7, "greeting", "\"hello\"")))
        .isEqualTo("event: greeting\nid: e1-7\ndata: hello\n\n");
  }

  @Test
  void aBatchIsItsEventsOneAfterTheOther() {
    assertThat(encoded(entry(9, "a", "1"), entry(10, "b", "2")))
        .isEqualTo("event: a\nid: e1-9\ndata: 1\n\nevent: b\nid: e1-10\ndata: 2\n\n");
  }

  @Test
  void anEmptyBatchIsNothing() {
    assertThat(format.encode(List.of(), "e1", 5)).isEqualTo(Buffer.buffer());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "null             | null",
        "true             | true",
        "1.50             | 1.50",
        "1E400            | 1E400",
        "{\"a\": [1,2]}   | {\"a\": [1,2]}",
        "[\"x\\n\"]       | [\"x\\n\"]",
        "\"null\"         | null",
        "\"\\\"q\\\"\"    | \"q\"",
        "\"a\\/b\\\\c\"   | a/b\\c",
        "\"\\u00e9\"      | \u00e9",
        "\"\u00e9\"       | \u00e9",
      })
  void aStringIsWrittenRawAndAnyOtherPayloadAsTheJsonItCameAs(String json, String data) {
    assertThat(data(json)).isEqualTo("data: " + data + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a\\nb            | a,b",
        "a\\rb            | a,b",
        "a\\r\\nb         | a,b",
        "a\\n\\rb         | a,,b",
        "a\\r\\r\\nb      | a,,b",
        "a\\u000ab        | a,b",
        "a\\u000d\\u000Ab | a,b",
        "\\n              | ,",
        "\\r\\n           | ,",
        "a\\n             | a,",
        "\\r\\u0041\\n    | ,A,",
        "\\rA\\n          | ,A,",
      })
  void everyLineBreakOfATextStartsANewDataLine(String escaped, String lines) {
    String expected =
        Arrays.stream(lines.split(",", -1))
            .map(line -> "data: " + line + "\n")
            .reduce("", String::concat);
    assertThat(data('"' + escaped + '"')).isEqualTo(expected);
  }

  @Test
  void lineBreaksBetweenTheTokensOfJsonStartNewDataLines() {
    assertThat(data("{\r\n\"a\":\r1,\n\n\"b\":2}"))
        .isEqualTo("data: {\ndata: \"a\":\ndata: 1,\ndata: \ndata: \"b\":2}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[\"a\u2028b\"]         | [\"a\\u2028b\"]",
        "{\"\u2029\":\"\u0085\"} | {\"\\u2029\":\"\\u0085\"}",
        "[\"\u2028\u2028\",1]   | [\"\\u2028\\u2028\",1]",
        "[\"\u2027\u202a\u00a9\u0084\u20ac\u2100\ud83d\ude00\"] |"
            + " [\"\u2027\u202a\u00a9\u0084\u20ac\u2100\ud83d\ude00\"]",
        "\"a\u2028b\"           | a\u2028b",
      })
  void lineSeparatorsOfUnicodeLeaveEscapedInJson(String json, String data) {
    assertThat(data(json)).isEqualTo("data: " + data + "\n");
  }

  @Test
  void anEmptyStringIsAnEmptyDataLine() {
    assertThat(data("\"\"")).isEqualTo("data: \n");
  }

  @Test
  void aPublisherCannotForgeAField() {
    assertThat(data("\"x\\n\\nevent: forged\\nid: 1\\n\\n\""))
        .isEqualTo("data: x\ndata: \ndata: event: forged\ndata: id: 1\ndata: \ndata: \n");
  }

  @Test
  void surrogatesBecomeOneCharacterInPairsAndTheReplacementAlone() {
    assertThat(data("\"\\ud83d\\ude00 \\uD83D\\uDE00\""))
        .isEqualTo("data: \ud83d\ude00 \ud83d\ude00\n");
    assertThat(data("\"\\ud83d\"")).isEqualTo("data: \ufffd\n");
    assertThat(data("\"\\ude00x\"")).isEqualTo("data: \ufffdx\n");
    assertThat(data("\"\\ud83d\\ud83d\\ude00\"")).isEqualTo("data: \ufffd\ud83d\ude00\n");
    assertThat(data("\"\\ud83d\\n\"")).isEqualTo("data: \ufffd\ndata: \n");
    assertThat(data("\"\\ud83d\\\\ude00\"")).isEqualTo("data: \ufffd\\ude00\n");
  }

  @Test
  void controlCharactersAndByteOrderMarksAreData() {
    assertThat(data("\"\\u0000\\u0001\\b\\f\\t\\ufeff\u2028\""))
        .isEqualTo("data: \0\u0001\b\f\t\ufeff\u2028\n");
  }

  @Test
  void aTypeMayHoldAnyCharacter() {
    assertThat(
            encoded(new Entry(1, 0, null, " \u00e9\ud83d\ude00\ud83d", Payload.NULL, null, null)))
        .isEqualTo("event:  \u00e9\ud83d\ude00\ufffd\nid: e1-1\ndata: null\n\n");
  }

  @Test
  void numbersOfAnyLengthAreWrittenInFull() {
    for (long sequence = 1; sequence > 0 && sequence < Long.MAX_VALUE / 10; sequence *= 10) {
      assertThat(encoded(entry(sequence, "t", "0"))).contains("\nid: e1-" + sequence + "\n");
      assertThat(encoded(entry(sequence - 1, "t", "0")))
          .contains("\nid: e1-" + (sequence - 1) + "\n");
    }
    assertThat(encoded(entry(Long.MAX_VALUE, "t", "0"))).contains("\nid: e1-9223372036854775807\n");
  }

  @Test
  void aHeartbeatIsALoneCommentLine() {
    assertThat(format.heartbeat().toString()).isEqualTo(":\n");
  }

  @Test
  void anEventOfTheHubHasARetryAndAPositionOnlyIfGiven() {
    assertThat(format.control(Message.GOODBYE, Payload.NULL, 1234, null).toString())
        .isEqualTo("event: _eric_goodbye\nretry: 1234\ndata: null\n\n");
    assertThat(format.control(Message.GAP, Payload.of("x"), 0, "e1-5").toString())
        .isEqualTo("event: _eric_gap\nid: e1-5\ndata: x\n\n");
  }

  @Test
  void aStreamStartsWithACommentAndARetryThatBelongsToItsFirstEvent() {
    assertThat(format.prologue(1500).toString()).isEqualTo(":\nretry: 1500\n");
  }

  @Test
  void aRefusalIsARetryAlone() {
    assertThat(format.refusal(5000).toString()).isEqualTo("retry: 5000\n\n");
  }

  @Test
  void theJitterAddsUpToHalf() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(SseFormat.jittered(1000)).isBetween(1000, 1500);
    }
    assertThat(SseFormat.jittered(0)).isZero();
  }

  private String data(String json) {
    String event = encoded(entry(1, "t", json));
    assertThat(event).startsWith("event: t\nid: e1-1\n").endsWith("\n\n");
    return event.substring("event: t\nid: e1-1\n".length(), event.length() - 1);
  }

  private String encoded(Entry... entries) {
    Buffer bytes = format.encode(List.of(entries), "e1", 5);
    return new String(bytes.getBytes(), StandardCharsets.UTF_8);
  }

  private static Entry entry(long sequence, String type, String json) {
    Payload payload = Payload.ofValidJson(json.getBytes(StandardCharsets.UTF_8));
    return new Entry(sequence, 0, null, type, payload, null, null);
  }
}
