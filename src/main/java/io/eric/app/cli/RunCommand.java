package io.eric.app.cli;

import io.eric.options.EricOptions;
import io.eric.options.PredefinedVerticle;
import io.eric.options.PredefinedVerticle.Isolation;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run}: runs a hub, and verticles in any language beside it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run a hub with verticles beside it, until SIGTERM or SIGINT (Ctrl-C).",
    footer = {
      "",
      "A verticle is js:FILE or the name of a class on the class path. Those of the section"
          + " \"verticles\" of the settings run too, before these."
    })
final class RunCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private ServedHub hub = new ServedHub();

  @Parameters(
      arity = "1..*",
      paramLabel = "VERTICLE",
      description = "What to deploy, like js:verticles/js/chat.mjs.")
  private List<String> verticles = List.of();

  @Option(
      names = "--instances",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many of each; default 1.")
  private int instances = 1;

  @Option(
      names = "--worker",
      description =
          "Give them threads of their own: for code that takes long at a time. Scripts have them"
              + " anyway.")
  private boolean worker;

  @Option(
      names = "--event-loop",
      description = "Let scripts, too, share the threads of channels and doors.")
  private boolean eventLoop;

  @Option(
      names = "--verticle-config",
      paramLabel = "FILE",
      description = "The verticles' config, a JSON object.")
  private @Nullable Path config;

  @Override
  public Integer call() throws Exception {
    EricOptions options = hub.options();
    if (worker && eventLoop) {
      throw new IllegalArgumentException("--worker and --event-loop exclude each other");
    }
    JsonObject given = config();
    Map<String, PredefinedVerticle> all = new LinkedHashMap<>(options.getVerticles());
    for (String verticle : verticles) {
      all.put(verticle, new PredefinedVerticle(verticle, instances, isolation(verticle), given));
    }
    hub.run(options.setVerticles(all), spec);
    return 0;
  }

  private Isolation isolation(String verticle) {
    if (worker) {
      return Isolation.WORKER;
    }
    return eventLoop ? Isolation.EVENT_LOOP : Isolation.byDefault(verticle);
  }

  private JsonObject config() {
    if (config == null) {
      return new JsonObject();
    }
    return JsonFile.read("--verticle-config", config);
  }
}
