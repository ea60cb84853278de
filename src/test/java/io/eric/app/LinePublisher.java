package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Broadcasts in line mode on one connection, many under way, and wants an ack for each. */
final class LinePublisher {

  private static final int PIECE = 64 << 10;

  private LinePublisher() {}

  /** Broadcasts so many strings, which need no escapes; returns when all are acknowledged. */
  static void publish(Path socket, String channel, int count, IntFunction<String> payload)
      throws Exception {
    try (SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      connection.connect(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(() -> write(connection, channel, count, payload));
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8));
      for (int i = 0; i < count; i++) {
        assertThat(answers.readLine()).as("answer %d", i).isEqualTo("ack");
      }
      written.get(1, TimeUnit.MINUTES);
    }
  }

  private static void write(
      SocketChannel connection, String channel, int count, IntFunction<String> payload) {
    try {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < count; i++) {
        lines.append("{\"v\":\"b\",\"c\":\"").append(channel).append("\",\"t\":\"n\",\"p\":\"");
        lines.append(payload.apply(i)).append("\"}\n");
        if (lines.length() >= PIECE || i == count - 1) {
          ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            connection.write(bytes);
          }
          lines.setLength(0);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
