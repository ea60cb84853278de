package io.eric.http;

import java.util.HashMap;
import java.util.Map;

/**
 * How many event streams each client address has, so that one client does not take them all. On one
 * event loop only.
 */
final class ClientStreams {

  private final int maxPerClient;
  private final Map<String, Integer> byAddress = new HashMap<>();

  /** Allows so many per address; 0 allows all and counts nothing. */
  ClientStreams(int maxPerClient) {
    this.maxPerClient = maxPerClient;
  }

  /** Counts one more, if the client may have it; then {@link #release} must follow. */
  boolean take(String address) {
    if (maxPerClient == 0) {
      return true;
    }
    int now = byAddress.getOrDefault(address, 0);
    if (now >= maxPerClient) {
      return false;
    }
    byAddress.put(address, now + 1);
    return true;
  }

  /** One of the client's is over. */
  void release(String address) {
    if (maxPerClient > 0) {
      byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
