package io.eric;

import org.jspecify.annotations.Nullable;

/** The store failed; nothing was acknowledged. Shown to clients as {@code RepositoryError}. */
public final class RepositoryException extends EricException {

  private static final long serialVersionUID = 1L;

  /** The cause is for the log, clients see the message only. */
  public RepositoryException(String message, @Nullable Throwable cause) {
    super("RepositoryError", 500, message, cause);
  }
}
