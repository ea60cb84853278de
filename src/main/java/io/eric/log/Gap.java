package io.eric.log;

import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a log in which messages for a listener are no longer kept. Immutable, so safe for
 * any thread.
 *
 * @param from the first position of the stretch
 * @param to the last position of the stretch. It is the gap's own position too, so a client that
 *     resumes after the gap does not get it again
 * @param missed how many messages for the listener are gone; {@code null} if that is unknown
 * @param reason why they are gone
 */
public record Gap(Position from, Position to, @Nullable Long missed, Reason reason) {

  /** Why messages are gone. */
  public enum Reason {
    /** The log had reached its limit. */
    OVERFLOW,
    /** The messages were too old, or had left the history after all listeners had read them. */
    EXPIRED,
    /** The messages were in an earlier life of the log. */
    EPOCH
  }

  /** Returns the payload of the event that the listener gets in place of the messages. */
  public Payload payload() {
    String json =
        "{\"from\":\""
            + from
            + "\",\"to\":\""
            + to
            + "\",\"missed\":"
            + missed
            + ",\"reason\":\""
            + reason.name().toLowerCase(Locale.ROOT)
            + "\"}";
    return Payload.ofValidJson(json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the gap as an entry among the listener's messages.
   *
   * @param timestamp in milliseconds since 1970
   * @param listener the listener that has the gap; {@code null} for a reader of broadcasts only
   */
  public Entry toEntry(long timestamp, @Nullable String listener) {
    return new Entry(to.sequence(), timestamp, listener, Message.GAP, payload(), null, null);
  }
}
