package io.eric.app;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as JSON; conf/eric.json is read if it exists and none is given.")
  private @Nullable Path config;

  @Option(names = "--http-host", paramLabel = "HOST", description = "Where to serve HTTP.")
  private @Nullable String httpHost;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Where to serve HTTP; 0 takes any free port.")
  private @Nullable Integer httpPort;

  @Option(names = "--socket", paramLabel = "PATH", description = "Where to serve the Unix socket.")
  private @Nullable String socket;

  @Override
  public Integer call() throws Exception {
    EricOptions options = Configuration.load(config, System.getenv(), commandLine());
    int eventLoops = options.getServer().effectiveEventLoops();
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops));
    EricVerticle hub = new EricVerticle(options);
    Shutdown shutdown = new Shutdown(vertx, hub, options.getShutdown());
    shutdown.onSignal();
    try {
      Waiting.forResult(vertx.deployVerticle(hub));
    } catch (Exception e) {
      shutdown.afterFailedStart();
      throw e;
    }
    println(ReadyLine.of(options, hub.httpPort()));
    new CountDownLatch(1).await(); // the signal ends the process
    return 0;
  }

  private JsonObject commandLine() {
    JsonObject settings = new JsonObject();
    if (httpHost != null) {
      SettingPaths.put(settings, "http.host", httpHost);
    }
    if (httpPort != null) {
      SettingPaths.put(settings, "http.port", httpPort);
    }
    if (socket != null) {
      SettingPaths.put(settings, "socket.path", socket);
    }
    return settings;
  }

  private void println(String line) {
    CommandSpec ours = spec;
    if (ours != null) {
      PrintWriter out = ours.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }
}
