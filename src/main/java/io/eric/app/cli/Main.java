package io.eric.app.cli;

import io.eric.internal.OptionalDependency;

/**
 * The program: it starts a hub, or runs a command against one. This class does not mention picocli,
 * which is absent where only the library is used.
 */
public final class Main {

  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] args) {
    if (!OptionalDependency.PICOCLI.isPresent()) {
      System.err.println(
          "eric: the command line needs "
              + OptionalDependency.PICOCLI.artifact()
              + " on the class path");
      System.exit(Failures.REFUSED);
    }
    System.exit(RootCommand.execute(args));
  }
}
