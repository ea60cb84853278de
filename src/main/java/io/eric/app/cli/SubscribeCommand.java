package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code subscribe}: adds a listener and prints its id. */
@Command(
    name = "subscribe",
    mixinStandardHelpOptions = true,
    description = "Add a listener, whose queue collects from now on, and print its id.")
final class SubscribeCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel's id.")
  private String channel = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "LISTENER",
      description = "The wanted id; without it the hub makes one up.")
  private @Nullable String listener;

  @Override
  public Integer call() throws Exception {
    Output out = new Output();
    String id = listener;
    out.println(
        hub.ask(client -> id == null ? client.register(channel) : client.register(channel, id)));
    out.flush();
    return 0;
  }
}
