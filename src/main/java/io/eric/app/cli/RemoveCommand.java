package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rm}: removes a channel or one of its listeners. */
@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = "Remove a channel with all it holds, or one of its listeners.")
final class RemoveCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "LISTENER",
      description = "The listener's id; without it the channel is removed.")
  private @Nullable String listener;

  @Override
  public Integer call() throws Exception {
    String only = listener;
    hub.ask(
        client ->
            only == null ? client.removeChannel(channel) : client.removeListener(channel, only));
    return 0;
  }
}
