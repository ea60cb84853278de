package io.eric.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port at which nothing listens. */
public final class FreePort {

  /**
   * Below the ports that systems take for outgoing connections, and below those of the slots of a
   * cluster directory: a port of the former may be taken while a node that had it starts again,
   * even by a connection that looks for that node.
   */
  private static final int FIRST = 10_000;

  private static final int COUNT = 10_000;

  private static final int MOST_TRIES = 100;

  private FreePort() {}

  /** A port that was free a moment ago; there are more ports after it. */
  public static int find() throws IOException {
    for (int tries = 1; ; tries++) {
      int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
      try (ServerSocket any = new ServerSocket(port)) {
        return any.getLocalPort();
      } catch (BindException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }
}
