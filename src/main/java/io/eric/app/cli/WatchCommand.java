package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code watch}: prints what is broadcast. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = "Print what is broadcast from now on, a JSON line each.")
final class WatchCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Option(
      names = "--after",
      paramLabel = "ID",
      description = "Begin after the message with this id, as far back as history goes.")
  private @Nullable String after;

  @Override
  public Integer call() throws Exception {
    return hub.converse(
        client -> {
          String position = after;
          StreamPrinter.print(
              position == null ? client.watch(channel) : client.watch(channel, position));
          return 0;
        });
  }
}
