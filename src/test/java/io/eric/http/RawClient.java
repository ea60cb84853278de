package io.eric.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One HTTP/1.1 connection that sends and shows bytes as they are. Waits at most ten seconds. */
public final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MS = 10_000;

  private final Socket socket;
  private final InputStream in;

  public RawClient(int port) {
    this(port, 0);
  }

  /** A client whose kernel holds little for it. */
  public RawClient(int port, int receiveBuffer) {
    try {
      socket = new Socket();
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout(PATIENCE_MS);
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether nobody listens there. A server that has just been closed may be reached for a moment:
   * the kernel's socket goes with its event loop's next look at its keys.
   */
  static boolean isRefusedAt(int port) {
    try (RawClient connected = new RawClient(port)) {
      return false;
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  /** The head of an answer; names of headers in lower case. */
  public record Head(String status, Map<String, String> headers) {
    public String header(String name) {
      return headers.get(name);
    }
  }

  public RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public RawClient get(String path, String... headerLines) {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String line : headerLines) {
      head.append(line).append("\r\n");
    }
    return send(head.append("\r\n").toString());
  }

  RawClient post(String path, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return send(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + length
            + "\r\n\r\n"
            + body);
  }

  /** Opens an event stream and reads its head. */
  public RawClient stream(String path, String... headerLines) {
    get(path, headerLines);
    Head head = head();
    if (!head.status().equals("HTTP/1.1 200 OK")) {
      throw new AssertionError(head);
    }
    return this;
  }

  public Head head() {
    String status = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] parts = line.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return new Head(status, headers);
  }

  /** One line without its CRLF. */
  String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = read(); b != '\n'; b = read()) {
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    if (!text.endsWith("\r")) {
      throw new AssertionError("a line without CR: " + text);
    }
    return text.substring(0, text.length() - 1);
  }

  /** The next so many bytes. */
  String bytes(int count) {
    try {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException();
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body that the head announces, with a length. */
  public String body(Head head) {
    return bytes(Integer.parseInt(head.header("content-length")));
  }

  /** One chunk of a chunked body; empty for the last one. */
  public String chunk() {
    int size = Integer.parseInt(line(), 16);
    String data = bytes(size);
    if (!line().isEmpty()) {
      throw new AssertionError("a chunk without an end");
    }
    return data;
  }

  /** Chunks up to and with the one that completes the text. */
  public String chunksUntil(String end) {
    StringBuilder text = new StringBuilder();
    while (text.length() < end.length() || text.lastIndexOf(end) != text.length() - end.length()) {
      String chunk = chunk();
      if (chunk.isEmpty()) {
        throw new AssertionError("the stream has ended after: " + text);
      }
      text.append(chunk);
    }
    return text.toString();
  }

  /** All chunks up to the end of the body. */
  public String chunksToEnd() {
    StringBuilder text = new StringBuilder();
    for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
      text.append(chunk);
    }
    return text.toString();
  }

  /** Whether the server closes the connection without sending anything more. */
  boolean isClosedByServer() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** HubListing up to the end of the connection. */
  public String toEnd() {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int read() {
    try {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the server has closed the connection");
      }
      return b;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes with a reset instead of a FIN. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
