package io.eric.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code serve}: runs a hub until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Run a hub until SIGTERM or SIGINT (Ctrl-C).",
    footer = {
      "",
      "Settings come from the file, over them from the environment (ERIC_HTTP_PORT=8080 sets"
          + " http.port), over them from these options."
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private ServedHub hub = new ServedHub();

  @Override
  public Integer call() throws Exception {
    hub.run(hub.options(), spec);
    return 0;
  }
}
