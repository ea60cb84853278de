package io.eric.app;

/**
 * Tells whether a host is this machine only, from the host's text alone, without asking a name
 * server.
 */
final class Loopback {

  private Loopback() {}

  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.equals("0:0:0:0:0:0:0:1");
  }
}
