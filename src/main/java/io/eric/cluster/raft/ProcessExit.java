package io.eric.cluster.raft;

import java.io.IOException;
import org.apache.ratis.util.ExitUtils;

/**
 * Keeps Ratis from ending the process. It would do so when its port is taken, and, by a handler
 * that it sets for the whole process, when any thread dies of an exception.
 */
final class ProcessExit {

  private ProcessExit() {}

  /** Something of Ratis that may want to end the process. */
  interface Action {
    void run() throws IOException;
  }

  /** Forbids it for this process. Idempotent. */
  static void forbid() {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    ExitUtils.disableSystemExit();
    ExitUtils.setTerminateOnUncaughtException(false);
    Thread.setDefaultUncaughtExceptionHandler(handler);
  }

  /**
   * Runs something.
   *
   * @param what what cannot be used if it wants to end the process
   */
  static void asException(String what, Action action) throws IOException {
    try {
      action.run();
    } catch (ExitUtils.ExitException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(what + " cannot be used: " + cause.getMessage(), cause);
    }
  }
}
