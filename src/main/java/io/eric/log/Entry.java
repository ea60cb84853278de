package io.eric.log;

import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import org.jspecify.annotations.Nullable;

/**
 * One message in a channel's log. It is immutable, and all its readers share it.
 *
 * @param sequence its number in the channel, from 1
 * @param timestamp when it was appended, in milliseconds since 1970
 * @param receiver the listener that it is dispatched to; {@code null} for a broadcast
 * @param type the message's type
 * @param payload the message's payload
 * @param sender the listener that signed it; {@code null} if none did
 * @param key the publisher's key, by which a repeated publish is recognised; {@code null} if the
 *     publisher gave none
 */
public record Entry(
    long sequence,
    long timestamp,
    @Nullable String receiver,
    String type,
    Payload payload,
    @Nullable String sender,
    @Nullable String key) {

  /**
   * How many bytes an entry counts for in addition to its type and payload: a round estimate of its
   * objects.
   */
  public static final int OVERHEAD = 128;

  /** Returns what this entry counts against limits, in bytes. */
  public int size() {
    return OVERHEAD + type.length() + payload.size();
  }

  /**
   * Returns whether a listener may see this entry, because the entry is a broadcast or is
   * dispatched to this listener.
   *
   * @param listener {@code null} for a reader of broadcasts only
   */
  public boolean isFor(@Nullable String listener) {
    return receiver == null || receiver.equals(listener);
  }

  /**
   * Returns the message as its readers see it. Characters of the type that were allowed when the
   * entry was stored, but are not any more, become U+FFFD, because one old message must not make
   * the rest of a log unreadable.
   *
   * @param epoch the log's, for the message's position
   */
  public Message toMessage(String epoch) {
    return new Message(
        Message.plain(type), payload.value(), sender, new Position(epoch, sequence).toString());
  }
}
