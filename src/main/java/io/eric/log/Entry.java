package io.eric.log;

import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import org.jspecify.annotations.Nullable;

/**
 * One message in a channel's log. Immutable, and shared by all its readers.
 *
 * @param sequence its number in the channel, from 1
 * @param timestamp when it was appended, in milliseconds since 1970
 * @param receiver the listener it is dispatched to; {@code null} for a broadcast
 * @param type the message's type
 * @param payload the message's payload
 * @param sender the listener that signed it, or null
 * @param key the publisher's key, if any: what makes a repeat of a publish recognisable
 */
public record Entry(
    long sequence,
    long timestamp,
    @Nullable String receiver,
    String type,
    Payload payload,
    @Nullable String sender,
    @Nullable String key) {

  /** What the objects of an entry cost beside its type and payload, in bytes (a round estimate). */
  public static final int OVERHEAD = 128;

  /** What this entry counts for against limits, in bytes. */
  public int size() {
    return OVERHEAD + type.length() + payload.size();
  }

  /** Whether a listener may see this entry: it is a broadcast or its own dispatch. */
  public boolean isFor(@Nullable String listener) {
    return receiver == null || receiver.equals(listener);
  }

  /**
   * The message as its readers see it. A type that was allowed when it was stored, and is not any
   * more, has U+FFFD for what is forbidden: one old message must not end the reading of a log.
   */
  public Message toMessage(String epoch) {
    return new Message(
        Message.plain(type), payload.value(), sender, new Position(epoch, sequence).toString());
  }
}
