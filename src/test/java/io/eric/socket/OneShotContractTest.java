package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One-shot mode, byte for byte: one object, half-close, the answer to the end of file. */
@Timeout(60)
class OneShotContractTest {

  private SocketHub hub;

  @BeforeEach
  void start() throws Exception {
    hub = new SocketHub();
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void everyVerbAnswersWithoutLineFeed() throws Exception {
    assertThat(hub.call("{\"v\": \"ping\"}")).isEqualTo("pong");
    String channel = hub.call("{\"v\": \"c\"}");
    assertThat(channel)
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    String listener = hub.call("{\"v\": \"r\", \"c\": \"" + channel + "\"}");
    assertThat(listener).hasSize(36);
    String to = "\"c\": \"" + channel + "\"";
    String and = ", \"r\": \"" + listener + "\"";
    assertThat(hub.call("{\"v\": \"b\", " + to + ", \"t\": \"x\", \"p\": [1]}")).isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"b\", " + to + ", \"t\": \"x\"}")).isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"d\", " + to + and + ", \"t\": \"x\", \"p\": 1}"))
        .isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"s\", " + to + and + "}")).isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"rl\", " + to + and + "}")).isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"rc\", " + to + "}")).isEqualTo("ack");
    assertThat(hub.call("{\"v\": \"ls\"}")).isEqualTo("[]");
  }

  @Test
  void wantedIdsAreGiven() throws Exception {
    assertThat(hub.call("{\"v\":\"c\",\"c\":\"a.b_c~d-1\"}")).isEqualTo("a.b_c~d-1");
    assertThat(hub.call("{\"v\":\"r\",\"c\":\"a.b_c~d-1\",\"r\":\"me\"}")).isEqualTo("me");
  }

  @Test
  void listsAreWrittenAsPythonWritesThem() throws Exception {
    hub.withListener().call("{\"v\":\"c\",\"c\":\"other\"}");
    assertThat(hub.call("{\"v\":\"ls\"}")).isEqualTo("[\"ch\", \"other\"]");
    String listeners = hub.call("{\"v\":\"ls\",\"c\":\"ch\"}");
    assertThat(listeners).startsWith("[{\"listener\": \"me\", \"state\": \"stopped\", ");
    assertThat(new JsonArray(listeners)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"v\":\"rc\",\"c\":\"no\"} | InvalidChannelException('No channel with id no')",
        "{\"v\":\"b\",\"c\":\"no\",\"t\":\"x\"} | InvalidChannelException('No channel with id no')",
        "{\"v\":\"l\",\"c\":\"no\",\"r\":\"x\"} | InvalidChannelException('No channel with id no')",
        "{\"v\":\"w\",\"c\":\"no\"} | InvalidChannelException('No channel with id no')",
        "{\"v\":\"ls\",\"c\":\"no\"} | InvalidChannelException('No channel with id no')",
        "{\"v\":\"c\",\"c\":\"ch\"} | InvalidChannelException('Channel with id ch already exists')",
        "{\"v\":\"l\",\"c\":\"ch\",\"r\":\"x\"} | InvalidListenerException('Invalid listener x')",
        "{\"v\":\"d\",\"c\":\"ch\",\"r\":\"x\",\"t\":\"t\"} |"
            + " InvalidListenerException('Invalid listener x')",
        "{\"v\":\"rl\",\"c\":\"ch\",\"r\":\"x\"} | InvalidListenerException('Invalid listener x')",
        "{\"v\":\"s\",\"c\":\"ch\",\"r\":\"x\"} | InvalidListenerException('Invalid listener x')",
        "{\"v\":\"r\",\"c\":\"ch\",\"r\":\"me\"} |"
            + " InvalidListenerException('Listener with id me already exists')",
        "garbage | InvalidMessageFormat('not JSON: garbage')",
        "{\"v\":\"c\" | InvalidMessageFormat('not JSON: {\"v\":\"c\"')",
        "{\"v\":\"no\"} | InvalidMessageFormat('unknown verb, allowed here: c, rc, r, rl, d, b, l,"
            + " w, s, ls, ping: {\"v\":\"no\"}')",
        "{\"v\":\"b\",\"c\":\"ch\"} | InvalidMessageFormat('t is missing:"
            + " {\"v\":\"b\",\"c\":\"ch\"}')",
        "{\"v\":\"rc\"} | InvalidMessageFormat('c is missing: {\"v\":\"rc\"}')",
        "{} | InvalidMessageFormat('v is missing: {}')",
        "{\"v\":\"d\",\"c\":\"ch\",\"t\":\"x\"} |"
            + " InvalidMessageFormat('r is missing: {\"v\":\"d\",\"c\":\"ch\",\"t\":\"x\"}')",
        "{\"v\":1} | InvalidMessageFormat('v must be a string: {\"v\":1}')",
        "{\"v\":\"ls\",\"limit\":0} | InvalidMessageFormat('limit is a whole number from 1 to"
            + " 10000: {\"v\":\"ls\",\"limit\":0}')",
        "{\"v\":\"ls\",\"v\":\"ls\"} | InvalidMessageFormat('a key stands there twice:"
            + " {\"v\":\"ls\",\"v\":\"ls\"}')",
        "\ufeff{\"v\":\"ping\"} | InvalidMessageFormat('the input begins with a byte order mark"
            + " (EF BB BF), which JSON has not')",
        "[1] | InvalidMessageFormat('not a JSON object: [1]')",
        "null | InvalidMessageFormat('not a JSON object: null')",
        "{\"v\":\"ping\"}{\"v\":\"ping\"} | InvalidMessageFormat('there is more than one JSON"
            + " document: {\"v\":\"ping\"}{\"v\":\"ping\"}')",
        "{\"it's\":\"\\n\"} | InvalidMessageFormat('v is missing: {\"it\\'s\":\"\\\\n\"}')",
      })
  void whatIsWrongIsAnsweredByName(String request, String error) throws Exception {
    hub.withListener();
    assertThat(hub.call(request)).isEqualTo(error);
    assertThat(hub.call("{\"v\":\"ping\"}")).isEqualTo("pong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"_eric_x\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\\nb\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":1}",
        "{\"v\":\"b\",\"c\":\"../x\",\"t\":\"a\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\",\"p\":NaN}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\",\"t\":\"b\"}",
        "{\"v\":1}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\\u000bb\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\\u001bb\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\\u0085b\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"a\u2028b\"}",
      })
  void malformedCommandsAreRefusedAndTheNextClientIsServed(String request) throws Exception {
    hub.withListener();
    assertThat(hub.call(request)).startsWith("InvalidMessageFormat('").endsWith("')");
    assertThat(hub.call("{\"v\":\"ping\"}")).isEqualTo("pong");
  }

  @Test
  void theQuotedRequestIsCutAt200Characters() throws Exception {
    String request = "x".repeat(5_000);
    assertThat(hub.call(request))
        .isEqualTo("InvalidMessageFormat('not JSON: " + "x".repeat(200) + "')");
  }

  @Test
  void nestingBeyondTheLimitIsRefused() throws Exception {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThat(hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\",\"p\":" + deep + "}"))
        .startsWith("InvalidMessageFormat('");
    hub.call("{\"v\":\"c\",\"c\":\"ch\"}");
    assertThat(hub.call(nested(128))).isEqualTo("ack");
    assertThat(hub.call(nested(129)))
        .isEqualTo(
            "InvalidMessageFormat('the input nests deeper than 128 or holds an overlong number')");
  }

  /** A broadcast that nests so deep, the command itself included. */
  private static String nested(int depth) {
    String payload = "[".repeat(depth - 1) + "]".repeat(depth - 1);
    return "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\",\"p\":" + payload + "}";
  }

  @Test
  void invalidUtf8IsRefused() throws Exception {
    try (RawClient client = hub.connect()) {
      byte[] request = "{\"v\":\"ping\",\"x\":\"?\"}".getBytes(StandardCharsets.ISO_8859_1);
      request[17] = (byte) 0xff;
      assertThat(client.send(request).halfClose().readToEnd())
          .startsWith("InvalidMessageFormat('")
          .endsWith("')");
    }
  }

  @Test
  void utf16IsNotGuessed() throws Exception {
    try (RawClient client = hub.connect()) {
      byte[] request = "{\"v\":\"ping\"}".getBytes(StandardCharsets.UTF_16BE);
      assertThat(client.send(request).halfClose().readToEnd()).startsWith("InvalidMessageFormat('");
    }
  }

  @Test
  void aRequestOverTheLimitIsTooLargeAndItsClientCanReadThat() throws Exception {
    String payload = "x".repeat(3 << 20);
    assertThat(hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\",\"p\":\"" + payload + "\"}"))
        .isEqualTo("PayloadTooLarge('a command has at most 1048576 bytes')");
  }

  @Test
  void aConnectionWithoutARequestIsClosedInSilence() throws Exception {
    assertThat(hub.call("")).isEmpty();
  }

  @Test
  void anAnswerOfManyMebibytesIsWholeAfterHalfClose() throws Exception {
    // 22,000 ids of 128 characters.
    String padding = "x".repeat(122);
    try (RawClient client = hub.connect()) {
      StringBuilder commands = new StringBuilder("{\"v\":\"c\",\"c\":\"big\"}\n");
      for (int i = 100_000; i < 122_000; i++) {
        commands.append("{\"v\":\"r\",\"c\":\"big\",\"r\":\"").append(padding).append(i);
        commands.append("\"}\n");
      }
      Thread sender =
          new Thread(
              () -> {
                try {
                  client.send(commands.toString()).halfClose();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();
      assertThat(client.readToEnd().lines().count()).isEqualTo(22_001);
      sender.join();
    }
    String answer = hub.call("{\"v\":\"ls\",\"c\":\"big\"}");
    assertThat(answer.length()).isGreaterThan(4 << 20);
    assertThat(new JsonArray(answer)).hasSize(22_000);
  }
}
