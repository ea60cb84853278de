package io.eric.http.internal.guard;

import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many of something each client has. A client is an address, or of IPv6 the first 64 bits: the
 * owner of one of those addresses usually has all of them (CWE-770).
 */
public final class ClientQuota {

  private static final int NETWORK_BYTES = 8;

  private final int maxPerClient;
  private final Map<Object, Integer> byClient = new HashMap<>();

  /** Allows this many per client; 0 allows all and counts nothing. */
  public ClientQuota(int maxPerClient) {
    this.maxPerClient = maxPerClient;
  }

  /** What a client is counted by. */
  public static Object client(InetAddress address) {
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES)
        : address;
  }

  /** What a client is counted by; one value for all whose address is not known. */
  public static Object client(@Nullable SocketAddress address) {
    String ip = address == null ? null : address.hostAddress();
    return ip == null ? "" : client(io.netty.util.NetUtil.createInetAddressFromIpAddressString(ip));
  }

  /** Counts one more, if the client may have it; then {@link #release} must follow. */
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

  /** One of the client's is over. */
  public void release(Object client) {
    if (maxPerClient > 0) {
      byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
