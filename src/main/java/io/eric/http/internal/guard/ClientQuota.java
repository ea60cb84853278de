package io.eric.http.internal.guard;

import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many of something each client has, and bounds the number. A client is an IPv4 address
 * or the first 64 bits of an IPv6 address, because the owner of one such IPv6 address usually has
 * all of them (CWE-770). On one event loop only.
 */
public final class ClientQuota {

  private static final int NETWORK_BYTES = 8;

  private final int maxPerClient;
  private final Map<Object, Integer> byClient = new HashMap<>();

  /** Creates a quota of this many per client; 0 allows any number and counts nothing. */
  public ClientQuota(int maxPerClient) {
    this.maxPerClient = maxPerClient;
  }

  /** Returns the key by which a client is counted. */
  public static Object client(InetAddress address) {
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES)
        : address;
  }

  /**
   * Returns the key by which a client is counted. All clients without a known address share one.
   */
  public static Object client(@Nullable SocketAddress address) {
    String ip = address == null ? null : address.hostAddress();
    return ip == null ? "" : client(io.netty.util.NetUtil.createInetAddressFromIpAddressString(ip));
  }

  /**
   * Counts one more if the client may have it; {@link #release} must follow.
   *
   * @return false if the client may not have it; nothing is counted then
   */
  public boolean take(Object client) {
    if (maxPerClient == 0) {
      return true;
    }
    int now = byClient.getOrDefault(client, 0);
    if (now >= maxPerClient) {
      return false;
    }
    byClient.put(client, now + 1);
    return true;
  }

  /** Counts one less, because one of the client's is over. */
  public void release(Object client) {
    if (maxPerClient > 0) {
      byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
