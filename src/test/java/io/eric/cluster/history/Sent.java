package io.eric.cluster.history;

import org.jspecify.annotations.Nullable;

/**
 * A message as its publisher knows it.
 *
 * @param number from 1 on, counted for each publisher and channel
 * @param receiver the listener that it is for; null for a broadcast
 */
public record Sent(String channel, String publisher, int number, @Nullable String receiver) {

  /** Returns what travels as the payload, by which readers recognise the message. */
  public String payload() {
    return publisher + ' ' + number + ' ' + (receiver == null ? "" : receiver);
  }

  /** Returns the message of a channel that has this payload, or null if it is none of ours. */
  static @Nullable Sent of(String channel, String payload) {
    String[] parts = payload.split(" ", -1);
    if (parts.length != 3 || !parts[1].matches("[0-9]{1,9}")) {
      return null;
    }
    String receiver = parts[2].isEmpty() ? null : parts[2];
    return new Sent(channel, parts[0], Integer.parseInt(parts[1]), receiver);
  }

  @Override
  public String toString() {
    return channel + '/' + publisher + '/' + number + (receiver == null ? "" : "→" + receiver);
  }
}
