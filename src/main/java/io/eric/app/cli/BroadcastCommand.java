package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code broadcast}: sends a message to every listener of a channel. */
@Command(
    name = "broadcast",
    mixinStandardHelpOptions = true,
    description = "Send a message to every listener of a channel.")
final class BroadcastCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();
  @Mixin private PayloadOption arguments = new PayloadOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Parameters(index = "1", paramLabel = "TYPE", description = "The message's type.")
  private String type = "";

  @Parameters(index = "2", arity = "0..1", paramLabel = "PAYLOAD", description = "By default null.")
  private @Nullable String payload;

  @Override
  public Integer call() throws Exception {
    Object value = arguments.value(payload);
    hub.ask(client -> client.broadcastMessage(channel, type, value));
    return 0;
  }
}
