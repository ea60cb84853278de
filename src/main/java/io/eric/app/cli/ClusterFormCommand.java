package io.eric.app.cli;

import io.eric.cluster.admin.OperatorCommand;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cluster form}: finishes a first start without the nodes that are missing. */
@Command(
    name = "form",
    mixinStandardHelpOptions = true,
    description =
        "Finish the first start of a cluster without the nodes that do not answer. More than half"
            + " of all nodes have to run.")
final class ClusterFormCommand implements Callable<Integer> {

  private static final String COST =
      "a first start without all nodes needs --force: if the nodes that do not answer have formed a"
          + " cluster earlier, there are two then, and what that one has acknowledged is not in"
          + " this one; be sure that they have not";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private NodeOption node = new NodeOption();

  @Option(
      names = "--force",
      description =
          "Say that the nodes that do not answer have formed no cluster. If they have, there are"
              + " two then, and what that one has acknowledged is not in this one.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    CommandSpec ours = spec;
    if (!force && ours != null) {
      throw new ParameterException(ours.commandLine(), COST);
    }
    Output out = new Output();
    out.println(node.tell(OperatorCommand.form(true)).getString("text"));
    out.flush();
    return 0;
  }
}
