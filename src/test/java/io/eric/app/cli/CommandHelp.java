package io.eric.app.cli;

/** What the program's commands say of themselves. */
public final class CommandHelp {

  private CommandHelp() {}

  /** Returns the usage of a command. */
  public static String of(String command) {
    return RootCommand.commandLine().getSubcommands().get(command).getUsageMessage();
  }
}
