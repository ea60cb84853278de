package io.eric.http.internal.guard;

/**
 * How many requests of HTTP/2 are under way, event streams included: each costs kilobytes before
 * anything is done for it, and one connection has a thousand (CWE-770). A client may have half of
 * them, a client as in {@link ClientQuota}. On one event loop only.
 */
public final class RequestQuota {

  private final int max;
  private final ClientQuota clients;
  private int open;

  public RequestQuota(int max) {
    this.max = max;
    this.clients = new ClientQuota(Math.max(1, max / 2));
  }

  /** Counts one more, if it may be; then {@link #release} must follow. */
  boolean take(Object client) {
    if (open >= max || !clients.take(client)) {
      return false;
    }
    open++;
    return true;
  }

  /** One of the client's is over. */
  void release(Object client) {
    open--;
    clients.release(client);
  }
}
