package io.eric.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A Redis server of the test's own, on a Unix socket in a directory of its own, which ends with the
 * test. Its data outlive its process.
 */
public final class RedisServer implements AutoCloseable {

  private final Path dir;
  private final List<String> settings;
  private Process process;

  private RedisServer(Path dir, List<String> settings) {
    this.dir = dir;
    this.settings = settings;
  }

  /** Starts a server that confirms only what is on the disk. */
  public static RedisServer keepingAll(Path dir) {
    return start(dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "");
  }

  /** Starts a server that forgets everything with its process. */
  public static RedisServer keepingNothing(Path dir) {
    return start(dir, "--appendonly", "no", "--save", "");
  }

  /** Starts a server. */
  public static RedisServer start(Path dir, String... settings) {
    RedisServer server = new RedisServer(dir, List.of(settings));
    server.start();
    return server;
  }

  /** Where it is. */
  public String uri() {
    return "unix://" + socket();
  }

  private Path socket() {
    return dir.resolve("redis.sock");
  }

  /** Starts it again, and waits until it serves. */
  public void start() {
    List<String> command = new ArrayList<>(List.of("redis-server", "--port", "0"));
    command.addAll(List.of("--unixsocket", socket().toString(), "--dir", dir.toString()));
    command.addAll(settings);
    try {
      Files.deleteIfExists(socket());
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("redis.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(30))
        .until(() -> send("PING").matches("(?s)\\+PONG.*|-NOAUTH.*"));
  }

  /** Sends a command over a connection of its own and gives the first bytes of the answer. */
  public String send(String... words) {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap(request.toString().getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(1 << 16);
      channel.read(answer);
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Kills it without a warning. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes it hang. */
  public void pause() {
    signal("-STOP");
  }

  /** Makes it go on. */
  public void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new AssertionError("kill " + signal + " answered " + code);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
