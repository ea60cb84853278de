package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null | null",
        "{} | {}",
        "{ \t} | {}",
        "[] | []",
        "{\"b\":1,\"a\":[1,2]} | {\"b\": 1, \"a\": [1, 2]}",
        "{ \"a\" : { \"b\" : [ ] } } | {\"a\": {\"b\": []}}",
        "1.50e+010 | 1.50e+010",
        "-0.0 | -0.0",
        "12345678901234567890123 | 12345678901234567890123",
        "\"a, b: c\" | \"a, b: c\"",
        "\"\\/\" | \"/\"",
        "\"\\u0041\\u00E9\" | \"A\\u00e9\"",
        "\"\\b\\f\\n\\r\\t\\\"\\\\\" | \"\\b\\f\\n\\r\\t\\\"\\\\\"",
        "\"\\u0008\\u000a\\u001f\\u0022\\u005c\" | \"\\b\\n\\u001f\\\"\\\\\"",
        "\"\u007f\" | \"\\u007f\"",
        "\"é€\uD83D\uDE00\" | \"\\u00e9\\u20ac\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\" | \"\\ud83d\\ude00\"",
        "\"\\uD83D\" | \"\\ud83d\"",
        "\"\\uDE00\\uD83D\" | \"\\ude00\\ud83d\"",
      })
  void jsonIsRewrittenAsPythonWritesIt(String json, String expected) {
    assertThat(rewrite(json)).isEqualTo(expected);
  }

  @Test
  void aLineHasEventRetryDataAndIdInThisOrder() {
    Entry entry =
        new Entry(7, 0, null, "t\"é", Payload.ofValidJson(utf8("{\"a\":\"ü\"}")), null, null);
    assertThat(new LineFormat().encode(List.of(entry, entry), "e1", 5).toString())
        .isEqualTo(
            "{\"event\": \"t\\\"\\u00e9\", \"retry\": 5, \"data\": {\"a\": \"\\u00fc\"}, \"id\":"
                .concat(" \"e1-7\"}\n")
                .repeat(2));
  }

  @Test
  void theHubsOwnEventsLeaveOutWhatTheyHaveNot() {
    assertThat(new LineFormat().control("_eric_goodbye", Payload.NULL, 1200, "e1-9").toString())
        .isEqualTo(
            "{\"event\": \"_eric_goodbye\", \"retry\": 1200, \"data\": null, \"id\": \"e1-9\"}\n");
    assertThat(new LineFormat().control("_eric_channel_closed", Payload.NULL, 0, null).toString())
        .isEqualTo("{\"event\": \"_eric_channel_closed\", \"data\": null}\n");
  }

  @Test
  void aHeartbeatIsASpaceWithoutLineFeed() {
    assertThat(new LineFormat().heartbeat()).isEqualTo(Buffer.buffer(" "));
  }

  static String rewrite(String json) {
    return new String(new PythonJson(0).value(utf8(json)).toBytes(), StandardCharsets.US_ASCII);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
