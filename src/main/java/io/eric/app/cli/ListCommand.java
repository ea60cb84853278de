package io.eric.app.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}: prints the channels, or the listeners of one. */
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description =
        "Print the ids of the channels, one per line, or a channel's listeners with state,"
            + " position and lag, a JSON line each.")
final class ListCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CHANNEL",
      description = "The channel whose listeners to print.")
  private @Nullable String channel;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The largest number to print, 1 to 10000; all by default.")
  private @Nullable Long limit;

  @Option(
      names = "--after",
      paramLabel = "ID",
      description = "Those after this one, in order of creation.")
  private @Nullable String after;

  @Override
  public Integer call() throws Exception {
    Output out = new Output();
    JsonObject command = new JsonObject().put("v", "ls");
    if (channel != null) {
      command.put("c", channel);
    }
    if (limit != null) {
      command.put("limit", limit);
    }
    if (after != null) {
      command.put("after", after);
    }
    String answer = hub.ask(client -> client.sendPayload(command));
    for (Object item : new JsonArray(answer)) {
      out.println(String.valueOf(item));
    }
    out.flush();
    return 0;
  }
}
