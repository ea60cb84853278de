package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code listen}: starts a listener and prints what it gets. */
@Command(
    name = "listen",
    mixinStandardHelpOptions = true,
    description = "Start a listener and print its messages, queued ones first, a JSON line each.")
final class ListenCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Parameters(index = "1", paramLabel = "LISTENER", description = "The listener's id.")
  private String listener = "";

  @Option(
      names = "--after",
      paramLabel = "ID",
      description = "Resume after the message with this id.")
  private @Nullable String after;

  @Override
  public Integer call() throws Exception {
    return hub.converse(
        client -> {
          String position = after;
          StreamPrinter.print(
              position == null
                  ? client.stream(channel, listener)
                  : client.stream(channel, listener, position));
          return 0;
        });
  }
}
