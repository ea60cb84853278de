package io.eric.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: starts a hub, or runs a command against one. */
@Command(
    name = "eric",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
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
public final class Main implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new Main());
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
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"eric-vertx " + (version == null ? "(not packaged)" : version)};
    }
  }
}
