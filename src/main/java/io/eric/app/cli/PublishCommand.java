package io.eric.app.cli;

import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.PayloadTooLargeException;
import io.eric.socket.SocketClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.streams.WriteStream;
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

  /** The bytes of a command besides channel, type and payload: its braces, keys and colons. */
  private static final int ENVELOPE = 32;

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

  @Option(
      names = "--on-bad-line",
      paramLabel = "POLICY",
      defaultValue = "stop",
      description =
          "What becomes of a line that is too long, not UTF-8 or, with --json, not JSON: stop, the"
              + " default, skip, or replace (U+FFFD in place of what is not UTF-8; skip the"
              + " others).")
  private BadLines.Policy onBadLine = BadLines.Policy.STOP;

  @Override
  public Integer call() throws Exception {
    checkType();
    int maxCommand = hub.options().getSocket().getMaxCommand();
    return hub.converse(client -> publish(client, System.in, maxCommand));
  }

  /**
   * Checks the type before any line is read: a wrong option is wrong usage, even if there are no
   * lines.
   */
  private void checkType() {
    try {
      Message.of(type, null);
    } catch (InvalidMessageFormatException e) {
      throw new IllegalArgumentException("--type: " + e.getMessage(), e);
    }
  }

  private int publish(SocketClient client, InputStream in, int maxCommand) throws Exception {
    CommandSpec ours = Objects.requireNonNull(spec);
    PrintWriter err = ours.commandLine().getErr();
    ProgressLine shown = new ProgressLine(err, progress || ProgressLine.isTerminal());
    BadLines bad = new BadLines(onBadLine, err);
    PublishWindow window = new PublishWindow();
    try {
      sendAll(client, in, maxCommand, window, bad, shown);
    } finally {
      window.awaitAll();
      PrintWriter out = ours.commandLine().getOut();
      out.println(shown.finish(window.acknowledged()));
      out.flush();
      bad.finish();
    }
    if (window.failure() instanceof PayloadTooLargeException failure) {
      throw new PayloadTooLargeException(
          "line " + window.failedLine() + ": " + failure.getMessage());
    }
    if (window.failure() instanceof Exception failure) {
      throw failure;
    }
    return 0;
  }

  private void sendAll(
      SocketClient client,
      InputStream in,
      int maxCommand,
      PublishWindow window,
      BadLines bad,
      ProgressLine shown)
      throws IOException, InterruptedException {
    WriteStream<Message> publisher = client.publisher(channel);
    LineInput lines = new LineInput(in, maxCommand);
    int maxPayload = maxCommand - ENVELOPE - Payload.of(channel).size() - Payload.of(type).size();
    for (long number = 1; ; number++) {
      Payload payload;
      try {
        byte[] line = lines.next();
        if (line == null) {
          return;
        }
        payload = payload(line, number, bad);
      } catch (PayloadTooLargeException e) {
        bad.refuse("line " + number + " is longer than " + maxCommand + " bytes");
        lines.skipRest();
        continue;
      }
      if (payload == null) {
        continue;
      }
      if (payload.size() > maxPayload) {
        bad.refuse(
            "line "
                + number
                + " is longer than the hub takes: "
                + payload.size()
                + " bytes as JSON, socket.maxCommand is "
                + maxCommand);
        continue;
      }
      Message message = Message.of(type, payload);
      if (!window.send(payload.size(), number, () -> publisher.write(message))) {
        return;
      }
      shown.at(window.acknowledged());
    }
  }

  /**
   * Returns a text, or JSON as the bytes that were read, so that numbers keep their digits; null if
   * the line is to be left out.
   */
  private @Nullable Payload payload(byte[] line, long number, BadLines bad) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      if (!bad.mayReplace()) {
        bad.refuse("line " + number + " is not UTF-8");
        return null;
      }
      text = new String(line, StandardCharsets.UTF_8);
      bad.replaced(number);
    }
    if (!json) {
      return Payload.of(text);
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Json.decodeValue(Buffer.buffer(bytes));
      return Payload.ofValidJson(bytes);
    } catch (DecodeException e) {
      bad.refuse("line " + number + " is not JSON");
      return null;
    }
  }
}
