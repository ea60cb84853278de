package io.eric;

import org.jspecify.annotations.Nullable;

/**
 * The store failed, so nothing was acknowledged. Clients see the error as {@code RepositoryError}.
 * Immutable, so safe for any thread.
 */
public final class RepositoryException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error. The cause goes to the process's log; clients see the message only. */
  public RepositoryException(String message, @Nullable Throwable cause) {
    super("RepositoryError", 500, message, cause);
  }

  /** Returns the error of a call to a store: the cause if it is one of the protocol's errors. */
  public static EricException of(Throwable cause) {
    return cause instanceof EricException eric
        ? eric
        : new RepositoryException("the store failed", cause);
  }
}
