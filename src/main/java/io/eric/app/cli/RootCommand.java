package io.eric.app.cli;

import io.eric.options.Suggestion;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Holds all commands. A call without a command is wrong usage. */
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
      RemoveCommand.class,
      ClusterCommand.class
    })
final class RootCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  private RootCommand() {}

  /** Runs the command that the arguments name and returns its exit code. */
  static int execute(String[] args) {
    CommandLine commands = commandLine();
    String[] typed;
    try {
      typed = CommandArguments.read(args);
    } catch (IllegalArgumentException e) {
      commands.getErr().println("eric: " + e.getMessage());
      commands.getErr().flush();
      return Failures.USAGE;
    }
    return commands.execute(typed);
  }

  static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new RootCommand());
    commands.setExecutionExceptionHandler(new Failures());
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(RootCommand::misused);
    return commands;
  }

  /** Prints in one line what is wrong with the arguments, and a suggestion if there is one. */
  private static int misused(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String text = String.valueOf(failure.getMessage());
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String wrong = unmatched.getUnmatched().get(0);
      boolean isOption = wrong.startsWith("-");
      String name = wrong.replaceFirst("=.*", "");
      text =
          (isOption ? "unknown option " + name : "unexpected argument " + wrong)
              + Suggestion.among(
                  isOption
                      ? command.getCommandSpec().optionsMap().keySet()
                      : command.getSubcommands().keySet(),
                  name);
    }
    PrintWriter err = command.getErr();
    err.println("eric: " + text);
    err.println("Try '" + command.getCommandSpec().qualifiedName(" ") + " --help'.");
    err.flush();
    return Failures.USAGE;
  }

  @Override
  public void run() {
    CommandSpec ours = spec;
    if (ours != null) {
      throw new ParameterException(ours.commandLine(), "Missing command");
    }
  }

  /** Reads the version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RootCommand.class.getPackage().getImplementationVersion();
      return new String[] {"eric-vertx " + (version == null ? "(not packaged)" : version)};
    }
  }
}
