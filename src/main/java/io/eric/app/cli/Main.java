package io.eric.app.cli;

import io.eric.internal.OptionalDependency;

/**
 * The program: starts a hub, or runs a command against one. It mentions nothing of picocli, which
 * who has only the library need not have.
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
