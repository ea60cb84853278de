package io.eric.app.cli;

import io.eric.cluster.admin.OperatorCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cluster transfer}: gives a group to a node. */
@Command(
    name = "transfer",
    mixinStandardHelpOptions = true,
    description =
        "Give a group to another node, which has to have caught up. The group stays there until a"
            + " node comes or goes; after that, cluster.rebalanceDelay decides.")
final class ClusterTransferCommand implements Callable<Integer> {

  @Mixin private NodeOption option = new NodeOption();

  @Parameters(index = "0", paramLabel = "GROUP", description = "The group's number, from 0.")
  private int group;

  @Parameters(index = "1", paramLabel = "NODE", description = "The node's name.")
  private String node = "";

  @Override
  public Integer call() throws Exception {
    Output out = new Output();
    out.println(option.tell(OperatorCommand.transfer(group, node)).getString("text"));
    out.flush();
    return 0;
  }
}
