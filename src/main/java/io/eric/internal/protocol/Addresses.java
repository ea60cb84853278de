package io.eric.internal.protocol;

import org.jspecify.annotations.Nullable;

/** Names the event bus addresses of docs/PROTOCOL.md section 5, and those of the doors' edges. */
public final class Addresses {

  private static final char FAR = '@';

  /** Takes {@code c}, {@code ls} and {@code ping}. */
  public static final String CHANNELS = "eric.channels";

  /**
   * Answers whether this node can serve, with regard to its store and its place in a cluster:
   * {@code {"ok": boolean, "error": text}}.
   */
  public static final String READINESS = "eric.readiness";

  /** The start of every channel's address. */
  public static final String CHANNEL_PREFIX = "eric.channel.";

  /**
   * Takes a channel id whose address has no handler here, looks it up, waits until it is open if it
   * is being opened, and answers whether to ask again.
   */
  public static final String RESOLVE = "eric.resolve";

  /** In a cluster, describes the node's health as JSON. */
  public static final String HEALTH = "eric.health";

  /** In a cluster, every edge of the node receives an {@link OwnerChanged} here. */
  public static final String MOVED = "eric.moved";

  private Addresses() {}

  /** Returns the address that takes the commands of one channel. */
  public static String channel(String channelId) {
    return CHANNEL_PREFIX + channelId;
  }

  /** Returns the address at which a started listener's consumer gets its messages. */
  public static String listener(String channelId, String listenerId) {
    return "eric.listener." + channelId + '/' + listenerId;
  }

  /** Returns the address at which streams of one channel receive an {@link OwnerChanged}. */
  public static String moved(String channelId) {
    return "eric.moved." + channelId;
  }

  /**
   * Returns the address at which a node of a cluster hears from the others. It is registered in the
   * whole cluster.
   */
  public static String node(String nodeId) {
    return "eric.node." + nodeId;
  }

  /** Returns the address at which the progress of processing a listener's queue is published. */
  public static String progress(String channelId, String listenerId) {
    return "eric.progress." + channelId + '/' + listenerId;
  }

  /** Returns the address at which an edge gets deliveries for its streams. */
  public static String edge(String edgeId) {
    return "eric.edge." + edgeId;
  }

  // ---- at other nodes

  /** Returns whether this address is at another node. */
  public static boolean isFar(String address) {
    return address.charAt(0) == FAR;
  }

  /** Returns the form in which other nodes write an address of this node. */
  public static String at(String node, String address) {
    return FAR + node + '/' + address;
  }

  /** Returns the node in a far address, or null for an address here. */
  public static @Nullable String nodeOf(String address) {
    return isFar(address) ? address.substring(1, address.indexOf('/')) : null;
  }
}
