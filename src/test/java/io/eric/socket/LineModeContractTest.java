package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Line mode, byte for byte: a line feed keeps the connection, many commands may be under way. */
@Timeout(60)
class LineModeContractTest {

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
  void aLineFeedKeepsTheConnectionAndEndsTheAnswer() throws Exception {
    try (RawClient client = hub.connect()) {
      assertThat(client.send("{\"v\":\"ping\"}\n").readLine()).isEqualTo("pong\n");
      assertThat(client.send("{\"v\":\"ping\"}\r\n").readLine()).isEqualTo("pong\n");
      assertThat(client.send("\n \n{\"v\":\n\"ping\"\n}\n").readLine()).isEqualTo("pong\n");
    }
  }

  @Test
  void answersComeInTheOrderOfTheCommands() throws Exception {
    String commands =
        """
        {"v":"c","c":"ch"}
        {"v":"r","c":"ch","r":"me"}
        {"v":"b","c":"ch","t":"x"}
        {"v":"nonsense"}
        {"v":"ping"}
        {"v":"d","c":"ch","r":"me","t":"x"}
        {"v":"d","c":"ch","r":"you","t":"x"}
        {"v":"b","c":"ch","t":"x"}
        {"v":"rc","c":"ch"}
        {"v":"b","c":"ch","t":"x"}
        {"v":"ls"}
        """;
    try (RawClient client = hub.connect()) {
      assertThat(client.send(commands).halfClose().readToEnd())
          .isEqualTo(
              """
              ch
              me
              ack
              InvalidMessageFormat('unknown verb, allowed here: c, rc, r, rl, d, b, l, w, s, ls, ping: {"v":"nonsense"}')
              pong
              ack
              InvalidListenerException('Invalid listener you')
              ack
              ack
              InvalidChannelException('No channel with id ch')
              []
              """);
    }
  }

  @Test
  void creatingAndRemovingAreBarriersHoweverOftenRepeated() throws Exception {
    String round =
        "{\"v\":\"c\",\"c\":\"ch\"}\n{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\"}\n"
            + "{\"v\":\"rc\",\"c\":\"ch\"}\n{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\"}\n";
    String answers = "ch\nack\nack\nInvalidChannelException('No channel with id ch')\n";
    try (RawClient client = hub.connect()) {
      assertThat(client.send(round.repeat(50)).halfClose().readToEnd())
          .isEqualTo(answers.repeat(50));
    }
  }

  @Test
  void publishesTakeEffectInOrder() throws Exception {
    hub.withListener();
    int count = 5_000;
    StringBuilder commands = new StringBuilder();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      boolean dispatch = i % 3 == 0;
      commands.append(dispatch ? "{\"v\":\"d\",\"r\":\"me\"" : "{\"v\":\"b\"");
      commands.append(",\"c\":\"ch\",\"t\":\"n\",\"p\":").append(i).append("}\n");
      lines.append(i).append('\n');
    }
    try (RawClient client = hub.connect()) {
      assertThat(client.send(commands.toString()).halfClose().readToEnd())
          .isEqualTo("ack\n".repeat(count));
    }
    try (RawClient stream = hub.connect()) {
      stream.send("{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}").halfClose();
      StringBuilder seen = new StringBuilder();
      for (int i = 0; i < count; i++) {
        String line = stream.readLine();
        seen.append(line.replaceAll(".*\"data\": (\\d+),.*", "$1"));
      }
      assertThat(seen.toString()).isEqualTo(lines.toString());
    }
  }

  @Test
  void everyPendingAnswerIsSentAfterHalfClose() throws Exception {
    try (RawClient client = hub.connect()) {
      // Fewer than fill the socket's buffers while nobody reads.
      client.send("{\"v\":\"ping\"}\n".repeat(3_000)).halfClose();
      assertThat(client.readToEnd()).isEqualTo("pong\n".repeat(3_000));
    }
  }

  @Test
  void theLastCommandMayLackItsLineFeed() throws Exception {
    assertThat(hub.call("{\"v\":\"ping\"}\n{\"v\":\"ping\"}")).isEqualTo("pong\npong\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not JSON | garbage",
        "not JSON | {\"v\":\"ping\"} x",
        "there is more than one JSON document | {\"v\":\"ping\"}{\"v\":\"ping\"}",
        "not JSON | {\"v\":ping}",
        "not JSON | {\"v\":]",
        "not a JSON object | [1,",
      })
  void malformedJsonIsTheLastThingThatIsAnswered(String reason, String malformed) throws Exception {
    try (RawClient client = hub.connect()) {
      client.send("{\"v\":\"ping\"}\n" + malformed + "\n{\"v\":\"ping\"}\n");
      assertThat(client.readToEnd())
          .isEqualTo("pong\nInvalidMessageFormat('" + reason + ": " + malformed + "')\n");
    }
  }

  @Test
  void invalidUtf8IsTheLastThingThatIsAnswered() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send("{\"v\":\"ping\"}\n");
      client.send("{\"v\":\"\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.send("{\"v\":\"ping\"}\n").readToEnd())
          .startsWith("pong\nInvalidMessageFormat('")
          .endsWith("')\n")
          .hasLineCount(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":\"no\"}",
        "{\"v\":1}",
        "{}",
        "[1]",
        "\"text\"",
        "{\"v\":\"ping\",\"v\":\"ping\"}",
        "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"_eric_x\"}",
        "{\"v\":\"b\",\"c\":\"a b\",\"t\":\"x\"}",
        "{\"v\":\"l\",\"c\":\"ch\",\"r\":\"x\"}",
      })
  void aWellFormedBadCommandKeepsTheConnection(String bad) throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(bad + "\n{\"v\":\"ping\"}\n");
      assertThat(client.readLine()).matches("Invalid[A-Za-z]+\\('.*'\\)\n");
      assertThat(client.readLine()).isEqualTo("pong\n");
    }
  }

  @Test
  void aCommandOverTheLimitIsTheLastThingThatIsAnswered() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send("{\"v\":\"ping\"}\n{\"p\":\"" + "x".repeat(1 << 20));
      assertThat(client.readToEnd())
          .isEqualTo("pong\nPayloadTooLarge('a command has at most 1048576 bytes')\n");
    }
  }

  @Test
  void aStreamIsTheLastCommandOnItsConnection() throws Exception {
    hub.withListener();
    try (RawClient client = hub.connect()) {
      client.send(
          "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\"}\n{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}\n");
      assertThat(client.readLine()).isEqualTo("ack\n");
      assertThat(client.readLine()).startsWith("{\"event\": \"x\", ");
      client.send(" \n{\"v\":\"ping\"}\n");
      assertThat(client.readToEnd())
          .isEqualTo("InvalidMessageFormat('nothing may follow l or w on a connection')\n");
    }
    try (RawClient client = hub.connect()) {
      client.send("{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}\n{\"v\":\"ping\"}\n");
      assertThat(client.readToEnd())
          .isEqualTo("InvalidMessageFormat('nothing may follow l or w on a connection')\n");
    }
  }
}
