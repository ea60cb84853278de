package io.eric.app.cli;

import io.eric.cluster.admin.OperatorCommand;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cluster status}: prints the nodes and groups, and what is amiss. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Print the nodes, the groups, and what the cluster lacks.",
    footer = {
      "",
      "Exit codes: 0 the cluster is whole, 3 it lacks something, 1 no node answers, 2 wrong usage"
          + " or settings."
    })
final class ClusterStatusCommand implements Callable<Integer> {

  /** The cluster answers, and lacks something. */
  static final int DEGRADED = 3;

  @Mixin private NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print one line of JSON instead.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    JsonObject status = node.tell(OperatorCommand.status());
    Output out = new Output();
    if (json) {
      out.println(status.encode());
    } else {
      for (String line : new ClusterStatusText(status).lines()) {
        out.println(line);
      }
    }
    out.flush();
    return status.getBoolean("whole") ? 0 : DEGRADED;
  }
}
