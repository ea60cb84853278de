package io.eric.socket;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Publish-only over one pipelined connection: {@code java ... SocketPublishBenchmark [messages]}.
 * Hub and client share the JVM and its cores; the client writes prepared bytes and counts what
 * comes back.
 */
public final class SocketPublishBenchmark {

  private static final int ROUNDS = 5;
  private static final int PAYLOAD = 200;

  private SocketPublishBenchmark() {}

  /** Prints a line per round. */
  public static void main(String[] arguments) throws Exception {
    int messages = arguments.length == 0 ? 500_000 : Integer.parseInt(arguments[0]);
    String command =
        "{\"v\": \"b\", \"c\": \"ch\", \"t\": \"x\", \"p\": \"" + "y".repeat(PAYLOAD) + "\"}\n";
    int perWrite = 256;
    byte[] bytes = command.repeat(perWrite).getBytes(StandardCharsets.UTF_8);
    try (SocketHub hub = new SocketHub()) {
      hub.call("{\"v\":\"c\",\"c\":\"ch\"}");
      for (int round = 0; round < ROUNDS; round++) {
        long started = System.nanoTime();
        try (RawClient client = hub.connect()) {
          Thread sender =
              new Thread(
                  () -> {
                    try {
                      for (int i = 0; i < messages / perWrite; i++) {
                        client.send(bytes);
                      }
                      client.halfClose();
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
          sender.start();
          int acks = client.readToEnd().length() / "ack\n".length();
          double seconds = (System.nanoTime() - started) / (double) TimeUnit.SECONDS.toNanos(1);
          System.out.printf("%d acks in %.2f s: %.0f/s%n", acks, seconds, acks / seconds);
        }
      }
    }
  }
}
