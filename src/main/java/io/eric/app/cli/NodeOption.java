package io.eric.app.cli;

import io.eric.cluster.admin.AdminClient;
import io.eric.cluster.admin.OperatorCommand;
import io.eric.options.SettingPaths;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Chooses the node that a command is given to: one that {@code serve --cluster} runs here. */
final class NodeOption {

  /** Longer than a node takes to ask the others. */
  private static final long ANSWER_MS = 30_000;

  @Option(
      names = "--cluster-directory",
      paramLabel = "DIRECTORY",
      description =
          "Where the node keeps its messages; else ERIC_CLUSTER_DIRECTORY, else cluster.directory"
              + " of the settings.")
  private @Nullable String directory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings to find the directory by; conf/eric.json is read if it exists.")
  private @Nullable Path config;

  @Option(
      names = "--ask",
      paramLabel = "SLOT",
      description =
          "Which of the nodes that share the directory to ask; else the first one that answers.")
  private String ask = "";

  /** Work with a node, done on the main thread. */
  interface Conversation<T> {
    T with(Node node) throws Exception;
  }

  /** The node that commands are given to. */
  interface Node {
    JsonObject tell(OperatorCommand command) throws Exception;
  }

  /** Gives the node one command. */
  JsonObject tell(OperatorCommand command) throws Exception {
    return converse(node -> node.tell(command));
  }

  /** Gives the node several commands. */
  <T> T converse(Conversation<T> conversation) throws Exception {
    Vertx vertx = Vertx.vertx(HubOption.lean());
    try {
      AdminClient client = new AdminClient(vertx, directory(), ask);
      return conversation.with(command -> Await.forResult(client.ask(command, ANSWER_MS)));
    } finally {
      Await.forResult(vertx.close());
    }
  }

  private Path directory() {
    JsonObject commandLine = new JsonObject();
    if (directory != null) {
      SettingPaths.put(commandLine, "cluster.directory", directory);
    }
    return Path.of(
        Configuration.load(config, System.getenv(), commandLine).getCluster().getDirectory());
  }
}
