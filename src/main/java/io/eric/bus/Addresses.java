package io.eric.bus;

/** The event bus addresses of CONTRACT section 5, and those of the doors' edges. */
public final class Addresses {

  /** Takes {@code c}, {@code ls} and {@code ping}. */
  public static final String CHANNELS = "eric.channels";

  /** Every channel's address starts so. */
  public static final String CHANNEL_PREFIX = "eric.channel.";

  private Addresses() {}

  /** Takes the commands of one channel. */
  public static String channel(String channelId) {
    return CHANNEL_PREFIX + channelId;
  }

  /** Where a started listener's consumer gets its messages. */
  public static String listener(String channelId, String listenerId) {
    return "eric.listener." + channelId + '/' + listenerId;
  }

  /** Where an edge gets deliveries for its streams. */
  public static String edge(String edgeId) {
    return "eric.edge." + edgeId;
  }
}
