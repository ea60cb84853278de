package io.eric.channel;

import io.eric.Channel;
import io.eric.channel.internal.core.OpenChannel;

/** Looks into a channel, for tests of what must not stay behind. Call it on any thread. */
public final class ChannelProbe {

  private ChannelProbe() {}

  /** Its parts. */
  public static OpenChannel open(Channel channel) {
    return ((AbstractChannel) channel).core();
  }

  /** How many edges the channel knows. */
  public static int edges(Channel channel) {
    return open(channel).edges.all().size();
  }

  /** How many listeners it has, watchers included. */
  public static int listeners(Channel channel) {
    return open(channel).listeners.size();
  }

  /** How many listeners wait to be woken. */
  public static int waiting(Channel channel) {
    return open(channel).listeners.waiting().size();
  }

  /** How many acknowledgements are held back. */
  public static int heldAcknowledgements(Channel channel) {
    return open(channel).acknowledgements.size();
  }

  /** How many messages the log keeps. */
  public static int kept(Channel channel) {
    return open(channel).log.usage().messages();
  }
}
