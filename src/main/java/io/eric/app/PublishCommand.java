package io.eric.app;

import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.socket.SocketClient;
import io.eric.socket.SocketPublisher;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code publish}: broadcasts each line of standard input. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = "Broadcast each line of standard input, in order, as one message.")
final class PublishCommand implements Callable<Integer> {

  /**
   * Far beyond what a hub takes by default; it only keeps a file without line ends out of memory.
   */
  private static final int MAX_LINE = 16 << 20;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private HubOption hub = new HubOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      description = "Type of the messages, by default \"message\".")
  private String type = "message";

  @Option(names = "--json", description = "Each line is JSON; else it is a text.")
  private boolean json;

  @Option(names = "--progress", description = "Show progress even if it is not on a terminal.")
  private boolean progress;

  @Override
  public Integer call() throws Exception {
    return hub.converse(client -> publish(client, System.in));
  }

  private int publish(SocketClient client, InputStream in) throws Exception {
    CommandSpec ours = Objects.requireNonNull(spec);
    PrintWriter err = ours.commandLine().getErr();
    Progress shown = new Progress(err, progress || Progress.isTerminal());
    PublishWindow window = new PublishWindow();
    try {
      sendAll(client, in, window, shown);
    } finally {
      window.awaitAll();
      PrintWriter out = ours.commandLine().getOut();
      out.println(shown.finish(window.acknowledged()));
      out.flush();
    }
    if (window.failure() instanceof Exception failure) {
      throw failure;
    }
    return 0;
  }

  private void sendAll(SocketClient client, InputStream in, PublishWindow window, Progress shown)
      throws IOException, InterruptedException {
    SocketPublisher publisher = client.publisher(channel);
    LineInput lines = new LineInput(in, MAX_LINE);
    long number = 0;
    byte[] line;
    while ((line = lines.next()) != null) {
      Message message = Message.of(type, payload(line, ++number));
      if (!window.send(line.length, () -> publisher.write(message))) {
        return;
      }
      shown.at(window.acknowledged());
    }
  }

  /** A text, or JSON as the bytes that were read, so that numbers keep their digits. */
  private Object payload(byte[] line, long number) {
    try {
      if (!json) {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      }
      Json.decodeValue(Buffer.buffer(line));
      return Payload.ofValidJson(line);
    } catch (CharacterCodingException e) {
      throw new InvalidMessageFormatException("line " + number + " is not UTF-8");
    } catch (DecodeException e) {
      throw new InvalidMessageFormatException("line " + number + " is not JSON");
    }
  }
}
