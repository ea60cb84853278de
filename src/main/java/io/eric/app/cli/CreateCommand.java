package io.eric.app.cli;

import io.eric.options.SSEChannelOptions;
import io.eric.options.SettingPaths;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create}: creates a channel and prints its id. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Create a channel and print its id.")
final class CreateCommand implements Callable<Integer> {

  @Mixin private HubOption hub = new HubOption();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CHANNEL",
      description = "The wanted id; without it the hub makes one up.")
  private @Nullable String channel;

  @Option(
      names = "--overflow",
      paramLabel = "POLICY",
      description = "gap, reject, disconnect, remove or wait.")
  private @Nullable String overflow;

  @Option(
      names = {"-o", "--option"},
      paramLabel = "SETTING=VALUE",
      description = "Any option of the channel, as in -o limit.bytes=8388608.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    JsonObject command = new JsonObject().put("v", "c");
    if (channel != null) {
      command.put("c", channel);
    }
    JsonObject options = options();
    if (!options.isEmpty()) {
      command.put("options", options);
    }
    Output out = new Output();
    out.println(hub.ask(client -> client.sendPayload(command)));
    out.flush();
    return 0;
  }

  private JsonObject options() {
    JsonObject options = new JsonObject();
    settings.forEach((path, value) -> SettingPaths.put(options, path, value(value)));
    if (overflow != null) {
      options.put("overflow", overflow);
    }
    // Checked here, so that a wrong option counts as wrong usage.
    SSEChannelOptions.fromJson(options);
    return options;
  }

  /**
   * Returns the value of a text that is JSON, otherwise the text itself, because quotes around
   * texts are a burden in a shell.
   */
  private static @Nullable Object value(String text) {
    try {
      return Json.decodeValue(text);
    } catch (DecodeException e) {
      return text;
    }
  }
}
