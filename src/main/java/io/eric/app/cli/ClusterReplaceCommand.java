package io.eric.app.cli;

import io.eric.cluster.admin.OperatorCommand;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cluster replace}: lets a node in that has lost its disk. */
@Command(
    name = "replace",
    mixinStandardHelpOptions = true,
    description =
        "Let a node in that has lost its disk. Start the node on its empty directory first: it says"
            + " that it waits. The command prints how far it is, and may be repeated when it was"
            + " interrupted. The former disk must not be used again.")
final class ClusterReplaceCommand implements Callable<Integer> {

  private static final long POLL_MS = 500;

  @Mixin private NodeOption option = new NodeOption();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node's name.")
  private String node = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to wait until the node is let in; default 600.")
  private long timeout = 600;

  @Override
  public Integer call() throws Exception {
    return option.converse(this::untilDone);
  }

  private int untilDone(NodeOption.Node to) throws Exception {
    Output out = new Output();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    String said = "";
    while (true) {
      JsonObject answer = to.tell(OperatorCommand.replace(node));
      String text = answer.getString("text");
      if (!text.equals(said)) {
        out.println(text);
        out.flush();
        said = text;
      }
      if (answer.getBoolean("done")) {
        return 0;
      } else if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "node "
                + node
                + " is not let in after "
                + timeout
                + " s; the command may be repeated, and goes on where it is");
      }
      Thread.sleep(POLL_MS);
    }
  }
}
