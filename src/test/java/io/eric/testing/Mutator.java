package io.eric.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Spoils input, at random but always the same way for the same seed. */
public final class Mutator {

  private static final List<String> TOKENS =
      List.of(
          "\r\n",
          "\n",
          "\r",
          "\0",
          " ",
          "\t",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\\",
          ",",
          ":",
          "null",
          "NaN",
          "1e999",
          "-0",
          "\\u0000",
          "\\ud83d",
          "{}",
          "[[[[[[[[[[[[",
          "%",
          "%00",
          "%zz",
          "/",
          "..",
          "?",
          "&",
          "=",
          "#",
          ";",
          "HTTP/1.1",
          "HTTP/2.0",
          "Content-Length: 5\r\n",
          "Content-Length: 99999999999999\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Expect:",
          "Connection: close\r\n",
          "Connection: Upgrade\r\n",
          "Upgrade: h2c\r\n",
          "0\r\n\r\n",
          "{\"v\":\"ping\"}\n",
          "_eric_gap",
          "\ufeff");

  private final Random random;

  /** Spoils as this seed has it. */
  public Mutator(long seed) {
    random = new Random(seed);
  }

  /** The source of all that is random here. */
  public Random random() {
    return random;
  }

  /** One of these. */
  public <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** A number of random bytes, some of them tokens that parsers look for. */
  public byte[] noise(int about) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = random.nextInt(about + 1); i >= 0; i--) {
      if (random.nextInt(4) == 0) {
        out.writeBytes(oneOf(TOKENS).getBytes(StandardCharsets.UTF_8));
      } else {
        out.write(random.nextInt(256));
      }
    }
    return out.toByteArray();
  }

  /** The input with a few changes. */
  public byte[] mutate(byte[] input) {
    byte[] bytes = input;
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] in) {
    int at = random.nextInt(in.length + 1);
    int to = Math.min(in.length, at + 1 + random.nextInt(12));
    return switch (random.nextInt(7)) {
      case 0 -> join(in, at, oneOf(TOKENS).getBytes(StandardCharsets.UTF_8), at);
      case 1 -> join(in, at, new byte[0], to);
      case 2 -> join(in, at, new byte[] {(byte) random.nextInt(256)}, to == at ? at : at + 1);
      case 3 -> join(in, to, java.util.Arrays.copyOfRange(in, at, to), to);
      case 4 -> java.util.Arrays.copyOf(in, at);
      case 5 -> join(in, at, noise(10), at);
      default -> {
        byte[] out = in.clone();
        if (at < out.length) {
          out[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield out;
      }
    };
  }

  /** The beginning up to {@code end}, something between, and the rest from {@code from} on. */
  private static byte[] join(byte[] in, int end, byte[] between, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(in, 0, end);
    out.writeBytes(between);
    out.write(in, from, in.length - from);
    return out.toByteArray();
  }
}
