package io.eric.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client on the bare socket: what it sends and reads is bytes. Blocks. */
public final class RawClient implements AutoCloseable {

  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocate(64 << 10).flip();

  public RawClient(Path path) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
  }

  /** One call, as the reference makes it. */
  static String call(Path path, String request) throws IOException {
    try (RawClient client = new RawClient(path)) {
      return client.send(request).halfClose().readToEnd();
    }
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawClient send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return this;
  }

  RawClient halfClose() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  String readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int b;
    while ((b = read()) >= 0) {
      all.write(b);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** A line with its line feed, or what there is before the end. */
  String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b;
    while ((b = read()) >= 0) {
      line.write(b);
      if (b == '\n') {
        break;
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** One byte, -1 at the end. */
  int read() throws IOException {
    if (!input.hasRemaining()) {
      input.clear();
      int count = channel.read(input);
      input.flip();
      if (count < 0) {
        input.limit(0);
        return -1;
      }
    }
    return input.get() & 0xff;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
