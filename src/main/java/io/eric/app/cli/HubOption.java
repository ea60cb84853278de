package io.eric.app.cli;

import io.eric.options.EricOptions;
import io.eric.options.SettingPaths;
import io.eric.socket.SocketClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Chooses the hub that a command talks to: by default the one that {@code serve} would start here.
 */
final class HubOption {

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The hub's socket; else ERIC_SOCKET_PATH, else socket.path of the settings.")
  private @Nullable String socket;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings to find the socket by; conf/eric.json is read if it exists.")
  private @Nullable Path config;

  private @Nullable EricOptions options;

  /** Work with a connection, done on the main thread. */
  interface Conversation<T> {
    T with(SocketClient client) throws Exception;
  }

  /** Asks the hub one thing. */
  <T> T ask(Function<SocketClient, Future<T>> question) throws Exception {
    return converse(client -> Await.forResult(question.apply(client)));
  }

  /** Holds a conversation with the hub, and closes the connection at its end. */
  <T> T converse(Conversation<T> conversation) throws Exception {
    Vertx vertx = Vertx.vertx(lean());
    try {
      SocketClient client = new SocketClient(vertx, options().getSocket().getPath());
      try {
        return conversation.with(client);
      } finally {
        Await.forResult(client.close());
      }
    } finally {
      Await.forResult(vertx.close());
    }
  }

  /** Returns the settings that a hub started here would have. */
  EricOptions options() {
    EricOptions known = options;
    if (known == null) {
      known = read();
      options = known;
    }
    return known;
  }

  private EricOptions read() {
    JsonObject commandLine = new JsonObject();
    if (socket != null) {
      SettingPaths.put(commandLine, "socket.path", socket);
    }
    return Configuration.load(config, System.getenv(), commandLine);
  }

  /**
   * Returns options with one event loop and no file cache, because a command has only one
   * connection.
   */
  static VertxOptions lean() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }
}
