package io.eric.testing;

import java.io.IOException;
import java.net.ServerSocket;

/** A port at which nothing listens. */
public final class FreePort {

  private FreePort() {}

  /** A port that was free a moment ago; it leaves room for the ports after it. */
  public static int find() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return Math.min(any.getLocalPort(), 65_000);
    }
  }
}
