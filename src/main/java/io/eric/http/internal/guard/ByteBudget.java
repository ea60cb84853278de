package io.eric.http.internal.guard;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes of one kind that a door holds at a time, for all clients together and for each
 * client (as in {@link ClientQuota}). Without the second bound one client could take everything,
 * and no other client would be served (CWE-770). On one event loop only.
 */
public final class ByteBudget {

  private final long maxBytes;
  private final long maxPerClient;
  private final Map<Object, OfClient> clients = new HashMap<>();
  private long used;

  /**
   * Creates a budget of which nothing is taken.
   *
   * @param maxBytes the bytes of all clients together
   * @param maxPerClient the bytes of each client
   */
  public ByteBudget(long maxBytes, long maxPerClient) {
    this.maxBytes = maxBytes;
    this.maxPerClient = maxPerClient;
  }

  /** Returns how many bytes are taken now. */
  public long used() {
    return used;
  }

  /**
   * Returns a client's part, for one more of its connections. {@link OfClient#close} must follow.
   */
  OfClient of(Object client) {
    OfClient part = clients.computeIfAbsent(client, OfClient::new);
    part.connections++;
    return part;
  }

  /** The bytes that one client has taken over all of its connections. */
  public final class OfClient {

    private final Object client;
    private int connections;
    private long taken;

    private OfClient(Object client) {
      this.client = client;
    }

    /**
     * Takes bytes if as many are left; {@link #release} must follow.
     *
     * @return false if the bytes are not left; nothing is taken then
     */
    public boolean take(long bytes) {
      if (bytes > maxBytes - used || bytes > maxPerClient - taken) {
        return false;
      }
      used += bytes;
      taken += bytes;
      return true;
    }

    /** Gives taken bytes back. This is allowed after the connection that took them has closed. */
    public void release(long bytes) {
      used -= bytes;
      taken -= bytes;
    }

    /** Forgets one of the client's connections, which is closed. */
    void close() {
      if (--connections == 0) {
        clients.remove(client);
      }
    }
  }
}
