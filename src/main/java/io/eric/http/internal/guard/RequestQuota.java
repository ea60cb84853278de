package io.eric.http.internal.guard;

/**
 * Bounds how many requests of HTTP/2 are under way, event streams included: each costs kilobytes
 * before any work is done for it, and one connection may have a thousand (CWE-770). A client (as in
 * {@link ClientQuota}) may have half of them. On one event loop only.
 */
public final class RequestQuota {

  private final int max;
  private final ClientQuota clients;
  private int open;

  /**
   * Creates a quota.
   *
   * @param max how many requests may be under way; half of them, but at least one, for each client
   */
  public RequestQuota(int max) {
    this.max = max;
    this.clients = new ClientQuota(Math.max(1, max / 2));
  }

  /**
   * Counts one more if it is allowed; {@link #release} must follow.
   *
   * @return false if it is not allowed; nothing is counted then
   */
  boolean take(Object client) {
    if (open >= max || !clients.take(client)) {
      return false;
    }
    open++;
    return true;
  }

  /** Counts one less, because one of the client's requests is over. */
  void release(Object client) {
    open--;
    clients.release(client);
  }
}
