package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.SocketOptions;
import io.eric.testing.Hub;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of bad input at every door of one hub: it gets the error of the contract, and the next
 * client is served.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class BadInputTest {

  private static final String DEEP = "[".repeat(100_000) + "]".repeat(100_000);
  private static final String FORMAT = "InvalidMessageFormat";
  private static final String TOO_LARGE = "PayloadTooLarge";

  /** Long enough for what is complete, also on a busy machine; some rows wait for it to pass. */
  private static final int DEADLINE_MS = 3_000;

  private final Vertx vertx = Vertx.vertx();
  private Path socket;
  private EricVerticle hub;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    socket = dir.resolve("e.sock");
    hub =
        new EricVerticle(
            new EricOptions()
                .setHttp(new HttpOptions().setPort(0).setRequestTimeout(DEADLINE_MS))
                .setSocket(
                    new SocketOptions().setPath(socket.toString()).setCommandTimeout(DEADLINE_MS)));
    Hub.await(vertx.deployVerticle(hub));
    Hub.await(hub.channels().create("news", null));
  }

  @AfterAll
  void stop() throws Exception {
    Hub.await(vertx.close());
  }

  // ---- HTTP

  /**
   * A row's answer is a status and a name of docs/PROTOCOL.md section 2, or empty: closed in
   * silence.
   */
  @TestFactory
  Stream<DynamicTest> overHttp() {
    String post =
        "POST /broadcast?channel_id=news HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n";
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    Map<String, String> answers = new LinkedHashMap<>();
    row(bodies, answers, "truncated", "{\"type\":\"t\"", "400 " + FORMAT);
    row(bodies, answers, "empty", "", "400 " + FORMAT);
    String long_ = "{\"type\":\"t\",\"payload\":\"" + "x".repeat(1 << 20) + "\"}";
    row(bodies, answers, "oversized", long_, "413 " + TOO_LARGE);
    String deep = "{\"type\":\"t\",\"payload\":" + DEEP + "}";
    row(bodies, answers, "deeply nested", deep, "400 " + FORMAT);
    row(bodies, answers, "a type of the wrong type", "{\"type\":{}}", "400 " + FORMAT);
    row(bodies, answers, "an array", "[{\"type\":\"t\"}]", "400 " + FORMAT);
    row(bodies, answers, "a duplicated key", "{\"type\":\"t\",\"type\":\"t\"}", "400 " + FORMAT);
    String two = "{\"type\":\"t\"}{\"type\":\"t\"}";
    row(bodies, answers, "two documents", two, "400 " + FORMAT);
    bodies.put("invalid UTF-8", invalidUtf8("{\"type\":\"t?\"}"));
    answers.put("invalid UTF-8", "400 " + FORMAT);

    Map<String, byte[]> inputs = new LinkedHashMap<>();
    bodies.forEach(
        (name, bytes) -> {
          String head = post + "Content-Length: " + bytes.length + "\r\n\r\n";
          inputs.put(name, join(bytes(head), bytes));
        });
    row(
        inputs,
        answers,
        "an unknown verb",
        "FROB /create HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "405 " + FORMAT);
    row(
        inputs,
        answers,
        "an unknown path",
        "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "404 " + FORMAT);
    row(
        inputs,
        answers,
        "a path with a broken escape",
        "GET /stream/%zz/me HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "400 " + FORMAT);
    String header = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(100_000);
    row(inputs, answers, "100,000 bytes of one header", header, "431 " + FORMAT);
    String headers =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(17_000) + "\r\n";
    row(inputs, answers, "100,000 bytes of many headers", headers, "431 " + FORMAT);
    row(inputs, answers, "no HTTP at all", "hello\r\n\r\n", "400 " + FORMAT);
    row(inputs, answers, "a head that does not end", "GET /healthz HTT", "");
    row(inputs, answers, "a body that does not end", post + "Content-Length: 50\r\n\r\n{", "");
    row(
        inputs,
        answers,
        "a chunk that does not end",
        post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        "");
    return rows(inputs, answers, this::http, this::servesHttp);
  }

  private String http(byte[] input) throws Exception {
    try (Socket client = new Socket("127.0.0.1", hub.httpPort())) {
      client.setSoTimeout(60_000);
      CompletableFuture<Void> sent = send(() -> client.getOutputStream().write(input));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        // Most answers leave the connection open, so it is not read to its end.
        int b;
        while (!isComplete(answer.toString(StandardCharsets.UTF_8))
            && (b = client.getInputStream().read()) >= 0) {
          answer.write(b);
        }
      } catch (SocketException reset) {
        // what the server had not read of the request may reset the connection behind its answer
      }
      sent.join();
      String text = answer.toString(StandardCharsets.UTF_8);
      if (text.isEmpty()) {
        return "";
      }
      JsonObject problem = new JsonObject(text.substring(text.indexOf("\r\n\r\n") + 4));
      assertThat(text).containsIgnoringCase("content-type: application/problem+json");
      assertThat(problem.getString("message")).startsWith(problem.getString("error") + "('");
      return text.split(" ", 3)[1] + ' ' + problem.getString("error");
    }
  }

  private static boolean isComplete(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String length = answer.replaceAll("(?is).*\r\ncontent-length: (\\d+)\r\n.*", "$1");
    return answer.length() >= end + 4 + Integer.parseInt(length);
  }

  private void servesHttp() throws Exception {
    try (Socket client = new Socket("127.0.0.1", hub.httpPort())) {
      client.setSoTimeout(60_000);
      client
          .getOutputStream()
          .write(
              bytes(
                  "POST /broadcast?channel_id=news HTTP/1.1\r\n"
                      + "Host: localhost\r\n"
                      + "Connection: close\r\n"
                      + "Content-Type: application/json\r\n"
                      + "Content-Length: 12\r\n\r\n"
                      + "{\"type\":\"t\"}"));
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .endsWith("null");
    }
  }

  // ---- the socket

  /** In one-shot mode the answer stands alone, and half-close ends the request. */
  @TestFactory
  Stream<DynamicTest> onTheSocketInOneShotMode() {
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    Map<String, String> answers = new LinkedHashMap<>();
    socketRows(inputs, answers);
    String two = "{\"v\":\"ping\"}{\"v\":\"ping\"}";
    row(inputs, answers, "two documents", two, FORMAT);
    return rows(inputs, answers, input -> socket(input, true), this::servesSocket);
  }

  /** In line mode a newline ends the command, and bad text is the last that is answered. */
  @TestFactory
  Stream<DynamicTest> onTheSocketInLineMode() {
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    Map<String, String> answers = new LinkedHashMap<>();
    socketRows(inputs, answers);
    inputs.remove("truncated"); // it is the command that does not end
    row(inputs, answers, "two documents", "{\"v\":\"ping\"} {\"v\":\"ping\"}", FORMAT);
    inputs.replaceAll((name, bytes) -> join(join(bytes("{\"v\":\"ping\"}\n"), bytes), bytes("\n")));
    row(inputs, answers, "a command that does not end", "{\"v\":\"ping\"}\n{\"v\":", FORMAT);
    return rows(
        inputs,
        answers,
        input -> {
          String answer = socket(input, false);
          assertThat(answer).startsWith("pong\n").endsWith("')\n").hasLineCount(2);
          return answer.substring("pong\n".length());
        },
        this::servesSocket);
  }

  private static void socketRows(Map<String, byte[]> inputs, Map<String, String> answers) {
    row(inputs, answers, "truncated", "{\"v\":\"b\",\"c\":\"news\"", FORMAT);
    String long_ = "{\"v\":\"b\",\"c\":\"news\",\"t\":\"t\",\"p\":\"" + "x".repeat(1 << 20) + "\"}";
    row(inputs, answers, "oversized", long_, TOO_LARGE);
    String deep = "{\"v\":\"b\",\"c\":\"news\",\"t\":\"t\",\"p\":" + DEEP + "}";
    row(inputs, answers, "deeply nested", deep, FORMAT);
    row(inputs, answers, "a verb of the wrong type", "{\"v\":[]}", FORMAT);
    row(inputs, answers, "an id of the wrong type", "{\"v\":\"ls\",\"c\":5}", FORMAT);
    row(inputs, answers, "an array", "[{\"v\":\"ping\"}]", FORMAT);
    row(inputs, answers, "an unknown verb", "{\"v\":\"frob\"}", FORMAT);
    row(inputs, answers, "a duplicated key", "{\"v\":\"ping\",\"v\":\"ping\"}", FORMAT);
    row(inputs, answers, "no JSON at all", "hello", FORMAT);
    row(inputs, answers, "100,000 bytes of no JSON", "x".repeat(100_000), FORMAT);
    inputs.put("invalid UTF-8", invalidUtf8("{\"v\":\"ping\",\"x\":\"?\"}"));
    answers.put("invalid UTF-8", FORMAT);
  }

  private String socket(byte[] input, boolean oneShot) throws Exception {
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Void> sent =
          send(
              () -> {
                ByteBuffer bytes = ByteBuffer.wrap(input);
                while (bytes.hasRemaining()) {
                  client.write(bytes);
                }
                if (oneShot) {
                  client.shutdownOutput();
                }
              });
      var in = Channels.newInputStream(client);
      String text;
      if (oneShot) {
        text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("')");
      } else {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int newlines = 0; newlines < 2; ) {
          int b = in.read();
          if (b < 0) {
            break;
          }
          lines.write(b);
          newlines += b == '\n' ? 1 : 0;
        }
        text = lines.toString(StandardCharsets.UTF_8);
      }
      sent.join();
      return text;
    }
  }

  private void servesSocket() throws Exception {
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(socket));
      client.write(
          ByteBuffer.wrap(bytes("{\"v\":\"ping\"}\n{\"v\":\"b\",\"c\":\"news\",\"t\":\"t\"}")));
      client.shutdownOutput();
      assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("pong\nack\n");
    }
  }

  // ---- the event bus

  @TestFactory
  Stream<DynamicTest> onTheEventBus() {
    Map<String, Object> bodies = new LinkedHashMap<>();
    Map<String, String> answers = new LinkedHashMap<>();
    bodies.put("nothing", null);
    bodies.put("a text", "{\"v\":\"ping\"");
    bodies.put("an array", new JsonArray().add(command("ping")));
    bodies.put("a buffer", Buffer.buffer(invalidUtf8("{\"v\":\"ping?\"}")));
    bodies.put("a number", 5);
    bodies.put("no verb", new JsonObject());
    bodies.put("an unknown verb", command("frob"));
    bodies.put("a verb of the wrong type", new JsonObject().put("v", new JsonObject()));
    bodies.put("a type of the wrong type", command("b").put("t", 7));
    bodies.put("a window of the wrong type", command("l").put("r", "me").put("window", "9"));
    Object deep = 1;
    for (int i = 0; i < 1_000; i++) {
      deep = new JsonArray().add(deep);
    }
    bodies.put("deeply nested", command("b").put("t", "t").put("p", deep));
    bodies.keySet().forEach(name -> answers.put(name, "400 " + FORMAT));
    bodies.put("oversized", command("b").put("t", "t").put("p", "x".repeat(1 << 20)));
    answers.put("oversized", "413 " + TOO_LARGE);
    return bodies.keySet().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      assertThat(onBus(bodies.get(name))).isEqualTo(answers.get(name));
                      assertThat(onBus(command("ping"))).isEqualTo("pong");
                    }));
  }

  private static JsonObject command(String verb) {
    return new JsonObject().put("v", verb);
  }

  private String onBus(Object body) throws Exception {
    try {
      JsonObject answer =
          Hub.await(
              vertx
                  .eventBus()
                  .<JsonObject>request(
                      "eric.channel.news", body, new DeliveryOptions().setSendTimeout(60_000))
                  .map(reply -> reply.body()));
      return answer.getString("result");
    } catch (ReplyException e) {
      return e.failureCode() + " " + e.getMessage().replaceAll("(?s)\\('.*'\\)$", "");
    }
  }

  // ---- rows

  private interface Door {
    String send(byte[] input) throws Exception;
  }

  private interface Check {
    void run() throws Exception;
  }

  private interface Write {
    void run() throws IOException;
  }

  private static Stream<DynamicTest> rows(
      Map<String, byte[]> inputs, Map<String, String> answers, Door door, Check nextClient) {
    return inputs.keySet().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      String answer = door.send(inputs.get(name)).strip();
                      String expected = answers.get(name);
                      if (answer.endsWith("')")) {
                        assertThat(answer).startsWith(expected + "('");
                      } else {
                        assertThat(answer).isEqualTo(expected);
                      }
                      nextClient.run();
                    }));
  }

  /** The server may have had enough before everything is sent. */
  private static CompletableFuture<Void> send(Write write) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            write.run();
          } catch (IOException hungUp) {
            // the answer tells why
          } catch (RuntimeException e) {
            fail(e);
          }
        });
  }

  private static void row(
      Map<String, byte[]> inputs,
      Map<String, String> answers,
      String name,
      String input,
      String answer) {
    inputs.put(name, bytes(input));
    answers.put(name, answer);
  }

  /** The question mark becomes a byte that no character has. */
  private static byte[] invalidUtf8(String text) {
    byte[] bytes = bytes(text);
    bytes[text.indexOf('?')] = (byte) 0xff;
    return bytes;
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
