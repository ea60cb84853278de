package io.eric.cluster.link;

/**
 * The bounds of the connections between nodes. Times are in milliseconds, sizes in bytes.
 *
 * @param host the address to listen at
 * @param port the port to listen at; 0 for any
 * @param heartbeatInterval how often a node tells each other one that it lives; at least 10
 * @param heartbeatTimeout how long a node may be silent before its connection is given up; at least
 *     two intervals
 * @param reconnectTime how long after a lost connection a node that does not come back is told to
 *     be gone
 * @param greetingTimeout how long a greeting may take
 * @param maxFrame how large one request, answer or delivery may be; at least 4 KiB. Of what is
 *     larger nothing is sent, and a connection that brings it is closed.
 * @param outboxSize how much may wait for one node; at least {@code maxFrame}
 */
public record LinkSettings(
    String host,
    int port,
    long heartbeatInterval,
    long heartbeatTimeout,
    long reconnectTime,
    long greetingTimeout,
    int maxFrame,
    long outboxSize) {

  /** Checks the ranges. */
  public LinkSettings {
    atLeast("port", port, 0);
    atLeast("heartbeatInterval", heartbeatInterval, 10);
    atLeast("heartbeatTimeout", heartbeatTimeout, 2 * heartbeatInterval);
    atLeast("reconnectTime", reconnectTime, 0);
    atLeast("greetingTimeout", greetingTimeout, 1);
    atLeast("maxFrame", maxFrame, Greeting.LARGEST);
    atLeast("outboxSize", outboxSize, maxFrame);
  }

  /**
   * The defaults at this address: a heartbeat each second, 3 s for a silent node, 2 s for a lost
   * one, 5 s for a greeting, 32 MiB for a frame and 64 MiB for what waits.
   */
  public static LinkSettings at(String host, int port) {
    return new LinkSettings(host, port, 1_000, 3_000, 2_000, 5_000, 32 << 20, 64 << 20);
  }

  /** Returns these settings with other times of heartbeats. */
  public LinkSettings withHeartbeats(long interval, long timeout) {
    return new LinkSettings(
        host, port, interval, timeout, reconnectTime, greetingTimeout, maxFrame, outboxSize);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", it must be at least " + least);
    }
  }
}
