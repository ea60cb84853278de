package io.eric.http.internal.guard;

import io.vertx.core.http.HttpConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The connections of a door, each with its guard. On one event loop only. */
public interface Connections {

  /** Returns the guard of a connection; null if the connection is closed. */
  @Nullable ConnectionGuard find(HttpConnection connection);

  /**
   * Returns the guard of an open connection.
   *
   * @throws NullPointerException if the connection is closed
   */
  default ConnectionGuard guard(HttpConnection connection) {
    return Objects.requireNonNull(find(connection), "the connection is closed");
  }
}
