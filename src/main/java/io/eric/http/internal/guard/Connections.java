package io.eric.http.internal.guard;

import io.vertx.core.http.HttpConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The connections that a door's requests come by, each with its guard. On one event loop only. */
public interface Connections {

  /** The guard of a connection; null if the connection is closed. */
  @Nullable ConnectionGuard find(HttpConnection connection);

  /** The guard of a connection that is open. */
  default ConnectionGuard guard(HttpConnection connection) {
    return Objects.requireNonNull(find(connection), "the connection is closed");
  }
}
