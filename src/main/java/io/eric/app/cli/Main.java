package io.eric.app.cli;

import io.eric.internal.OptionalDependency;

/**
 * The program: it starts a hub, or runs a command against one. This class does not mention picocli,
 * which is absent where only the library is used.
 */
public final class Main {

  /** The setting of the JDK for the threads of the pool that is common to a process. */
  private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

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
    allowCommonPool();
    System.exit(RootCommand.execute(args));
  }

  /**
   * Gives the process a common pool on machines with two cores, too. The JDK has none there, and
   * starts a thread for each task, which is what a node of a cluster would do for each entry that
   * it takes over from the leader of a group.
   */
  private static void allowCommonPool() {
    if (Runtime.getRuntime().availableProcessors() <= 2
        && System.getProperty(COMMON_POOL) == null) {
      System.setProperty(COMMON_POOL, "2");
    }
  }
}
