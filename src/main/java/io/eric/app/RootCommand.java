package io.eric.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All commands; without one it only helps. */
@Command(
    name = "eric",
    mixinStandardHelpOptions = true,
    versionProvider = RootCommand.Version.class,
    description = "Channels of messages over the event bus, a Unix socket and HTTP.",
    footer = {
      "",
      "Exit codes: 0 done, 1 the hub refused or is not there, 2 wrong usage or settings."
    },
    subcommands = {
      ServeCommand.class,
      RunCommand.class,
      CreateCommand.class,
      SubscribeCommand.class,
      ListenCommand.class,
      WatchCommand.class,
      BroadcastCommand.class,
      DispatchCommand.class,
      PublishCommand.class,
      ListCommand.class,
      RemoveCommand.class
    })
final class RootCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  private RootCommand() {}

  /** Runs the command that the arguments name and gives its exit code. */
  static int execute(String[] args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new RootCommand());
    commands.setExecutionExceptionHandler(new Failures());
    return commands;
  }

  @Override
  public void run() {
    CommandSpec ours = spec;
    if (ours != null) {
      throw new ParameterException(ours.commandLine(), "Missing command");
    }
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RootCommand.class.getPackage().getImplementationVersion();
      return new String[] {"eric-vertx " + (version == null ? "(not packaged)" : version)};
    }
  }
}
