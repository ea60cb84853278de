package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rewriter against the real thing: Python's own {@code json}. */
@RequiresCommand("python3")
class PythonDumpsTest {

  private static final int TEXTS = 5_000;
  private static final String SPECIAL =
      "\"\\/\n\r\t\b\f\0\u001f\u007f\u0080\u07ff\u0800\u2028\ud800\udbff\udc00\udfff\ufeff\uffff";

  @TempDir Path directory;

  @Test
  void pythonWritesTheSameBytes() throws Exception {
    Random random = new Random(20_261_122);
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      texts.add(Payload.of(value(random, 4)).json());
    }
    List<String> ours = new ArrayList<>();
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    for (byte[] text : texts) {
      ours.add(new String(new PythonJson(0).value(text).toBytes(), StandardCharsets.ISO_8859_1));
      input.writeBytes(text);
      input.write('\n');
    }
    assertThat(dumps(input.toByteArray())).isEqualTo(ours);
  }

  private List<String> dumps(byte[] lines) throws Exception {
    Path input = directory.resolve("in");
    Path output = directory.resolve("out");
    Files.write(input, lines);
    Process python =
        new ProcessBuilder("python3", PythonClient.script("json_dumps.py").toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(python.waitFor()).isZero();
    return Files.readAllLines(output, StandardCharsets.ISO_8859_1);
  }

  /** Whole numbers only: Python shortens the digits of fractions, and we keep them. */
  private static Object value(Random random, int depth) {
    switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0:
        return text(random);
      case 1:
        return random.nextLong();
      case 2:
        return random.nextBoolean();
      case 3:
        return new java.math.BigInteger(200, random);
      case 4:
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth - 1));
        }
        return array;
      default:
        JsonObject object = new JsonObject();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.put(text(random), value(random, depth - 1));
        }
        return object;
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          random.nextBoolean()
              ? SPECIAL.charAt(random.nextInt(SPECIAL.length()))
              : (char) random.nextInt(0x10000));
    }
    return text.toString();
  }
}
