package io.eric.http.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is encoded here is read as it was meant by the parser that npm's event sources use. */
@RequiresCommand("node")
class SseFormatNodeTest {

  private static final int STREAMS = 3_000;

  private static final List<String> SPECIAL =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\n\r",
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
          "id: 7",
          "event: x",
          "retry: 1",
          "\t",
          "\u001f",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u2029",
          "\u00e9",
          "\uffff",
          "");

  private final SseFormat format = new SseFormat();

  @TempDir private Path dir;

  @Test
  void everyStreamIsReadAsItWasMeant() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path input = dir.resolve("streams");
    List<String> expected = new ArrayList<>();
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(input))) {
      for (int i = 0; i < STREAMS; i++) {
        expected.add(writeStream(random, out));
      }
    }

    List<String> parsed = parse(input);

    assertThat(parsed).hasSameSizeAs(expected);
    for (int i = 0; i < STREAMS; i++) {
      assertThat(new JsonArray(parsed.get(i)))
          .as("stream %d of seed %d", i, seed)
          .isEqualTo(new JsonArray(expected.get(i)));
    }
  }

  /** Writes some events as a hub does; gives what a reader is to see of them, as JSON. */
  private String writeStream(Random random, DataOutputStream out) throws Exception {
    List<Entry> entries = new ArrayList<>();
    JsonArray seen = new JsonArray();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      String type = text(random).replaceAll("[\r\n\0]", "");
      type = type.isEmpty() ? "t" : type;
      Payload payload = payload(random);
      String data =
          payload.value() instanceof String text
              ? text
              : new String(payload.json(), StandardCharsets.UTF_8)
                  .replace("\u0085", "\\u0085")
                  .replace("\u2028", "\\u2028")
                  .replace("\u2029", "\\u2029");
      long sequence = 1 + random.nextInt(1_000_000);
      entries.add(new Entry(sequence, 0, null, type, payload, null, null));
      seen.add(
          new JsonObject()
              .put("id", "e-" + sequence)
              .put("type", wellFormed(type))
              .put("data", wellFormed(data.replace("\r\n", "\n").replace('\r', '\n'))));
    }
    byte[] prologue = format.prologue(1000).getBytes();
    byte[] events = format.encode(entries, "e", 5).getBytes();
    byte[] heartbeat = random.nextBoolean() ? format.heartbeat().getBytes() : new byte[0];
    out.writeInt(prologue.length + heartbeat.length + events.length);
    out.write(prologue);
    out.write(heartbeat);
    out.write(events);
    return seen.encode();
  }

  /** Mostly texts; JSON of other kinds holds texts too, and is shown as it is. */
  private static Payload payload(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Payload.of(new JsonArray().add(text(random)).add(random.nextInt()).addNull());
      case 1 -> Payload.of(new JsonObject().put(text(random), text(random)));
      case 2 -> Payload.NULL;
      default -> Payload.of(text(random));
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          random.nextInt(3) == 0
              ? String.valueOf((char) random.nextInt(0x10000))
              : SPECIAL.get(random.nextInt(SPECIAL.size())));
    }
    return text.toString();
  }

  /** Halves of pairs are U+FFFD. */
  private static String wellFormed(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(p -> out.appendCodePoint(p >= 0xD800 && p <= 0xDFFF ? 0xFFFD : p));
    return out.toString();
  }

  private List<String> parse(Path input) throws Exception {
    Path output = dir.resolve("events");
    Process node =
        new ProcessBuilder("node", NodeScripts.needing("eventsource-parser", "parse.mjs"))
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(node.waitFor()).isZero();
    return Files.readAllLines(output, StandardCharsets.UTF_8);
  }
}
