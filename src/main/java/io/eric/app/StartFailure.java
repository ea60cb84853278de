package io.eric.app;

import io.eric.internal.IoReason;
import io.vertx.core.Future;
import java.net.BindException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/**
 * Says in one sentence why a hub did not start: the setting to look at, what it names, and the
 * cause. Immutable, so safe for any thread.
 */
public final class StartFailure extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** Creates a failure of what this setting asks for. */
  public StartFailure(String setting, Throwable cause) {
    super("setting \"" + setting + "\": " + IoReason.of(cause), cause);
  }

  /**
   * Creates a failure of what this setting asks for.
   *
   * @param what what failed; the cause's text is added to it
   */
  public StartFailure(String setting, String what, Throwable cause) {
    super("setting \"" + setting + "\": " + what + ": " + IoReason.of(cause), cause);
  }

  /** Returns the failure of something that this setting named. */
  static <T> Future<T> of(String setting, Throwable cause) {
    return Future.failedFuture(new StartFailure(setting, cause));
  }

  /** Returns a failure to serve HTTP, which names the host or the port, whichever cannot be had. */
  static <T> Future<T> ofHttp(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    if (cause instanceof UnknownHostException
        || cause instanceof UnresolvedAddressException
        || (cause instanceof BindException && text.contains("assign"))) {
      return of("http.host", cause);
    }
    return cause instanceof SocketException ? of("http.port", cause) : Future.failedFuture(cause);
  }
}
