package io.eric.app;

import io.eric.internal.IoReason;
import io.vertx.core.Future;
import java.net.BindException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/** Why a hub did not start, as one sentence: the setting to look at, what it names, the cause. */
public final class StartFailure extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public StartFailure(String setting, Throwable cause) {
    super("setting \"" + setting + "\": " + IoReason.of(cause), cause);
  }

  public StartFailure(String setting, String what, Throwable cause) {
    super("setting \"" + setting + "\": " + what + ": " + IoReason.of(cause), cause);
  }

  /** The failure of what this setting named, naming it. */
  static <T> Future<T> of(String setting, Throwable cause) {
    return Future.failedFuture(new StartFailure(setting, cause));
  }

  /** Where HTTP cannot be served, either the host or the port is not to be had. */
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
