package io.eric.app.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cluster}: holds the commands by which an operator looks after several nodes. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "Look after a cluster: run on the machine of one of its nodes, as its user.",
    subcommands = {
      ClusterStatusCommand.class,
      ClusterTransferCommand.class,
      ClusterReplaceCommand.class,
      ClusterFormCommand.class
    })
final class ClusterCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec ours = spec;
    if (ours != null) {
      throw new ParameterException(ours.commandLine(), "Missing command");
    }
  }
}
