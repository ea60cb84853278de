package io.eric.http.internal.guard;

import java.util.HashMap;
import java.util.Map;

/**
 * A bound on bytes of one kind that a door holds at a time, and one on those of each client, a
 * client as in {@link ClientQuota}: else one client could take all there is, and nobody else be
 * served (CWE-770). On one event loop only.
 */
public final class ByteBudget {

  private final long maxBytes;
  private final long maxPerClient;
  private final Map<Object, OfClient> clients = new HashMap<>();
  private long used;

  public ByteBudget(long maxBytes, long maxPerClient) {
    this.maxBytes = maxBytes;
    this.maxPerClient = maxPerClient;
  }

  /** Bytes that are taken now. */
  public long used() {
    return used;
  }

  /** A client's part, for one more of its connections; then {@link OfClient#close} must follow. */
  OfClient of(Object client) {
    OfClient part = clients.computeIfAbsent(client, OfClient::new);
    part.connections++;
    return part;
  }

  /** What one client has taken, over all of its connections. */
  public final class OfClient {

    private final Object client;
    private int connections;
    private long taken;

    private OfClient(Object client) {
      this.client = client;
    }

    /** Takes bytes, if there are as many left; then {@link #release} must follow. */
    public boolean take(long bytes) {
      if (bytes > maxBytes - used || bytes > maxPerClient - taken) {
        return false;
      }
      used += bytes;
      taken += bytes;
      return true;
    }

    /** Gives taken bytes back; also after the connection that took them is closed. */
    public void release(long bytes) {
      used -= bytes;
      taken -= bytes;
    }

    /** One of the client's connections is closed. */
    void close() {
      if (--connections == 0) {
        clients.remove(client);
      }
    }
  }
}
