package io.eric;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher sends and a listener receives. Safe for any thread, provided that its payload is
 * not changed.
 *
 * @param type 1 to 255 characters without control characters (C0, C1, DEL), U+2028 and U+2029;
 *     types that start with {@value #RESERVED_PREFIX} are the hub's own and refused from publishers
 * @param payload any JSON value: {@code null}, {@link String}, {@link Number}, {@link Boolean},
 *     {@link io.vertx.core.json.JsonObject}, {@link io.vertx.core.json.JsonArray}, {@link
 *     java.util.Map}, {@link java.util.List} or {@link Payload}
 * @param sender the id of the listener that signed the message, or {@code null}
 * @param id the message's {@linkplain Position position} once it is in a channel's log; {@code
 *     null} before
 */
public record Message(
    String type, @Nullable Object payload, @Nullable String sender, @Nullable String id) {

  /** Prefix of the types that only the hub itself sends. */
  public static final String RESERVED_PREFIX = "_eric_";

  /** End of a stream: the channel was removed, or its producer has called {@code notifyEnd}. */
  public static final String CHANNEL_CLOSED = "_eric_channel_closed";

  /** Some messages are no longer in the log. */
  public static final String GAP = "_eric_gap";

  /** A message could not be processed. */
  public static final String ERROR = "_eric_error";

  /** The server is draining; reconnect. */
  public static final String GOODBYE = "_eric_goodbye";

  /** Another stream has taken this listener over. */
  public static final String TAKEN_OVER = "_eric_taken_over";

  /** The longest type, in characters. */
  public static final int MAX_TYPE_LENGTH = 255;

  /**
   * Checks the type.
   *
   * @throws InvalidMessageFormatException if the type is empty, too long or holds a character that
   *     something on its way may take for the end of a line or for a command: CR and LF would let a
   *     publisher forge fields of an event (CWE-93), ESC lines of a terminal or log (CWE-150)
   */
  public Message {
    Objects.requireNonNull(type, "type");
    if (type.isEmpty() || type.length() > MAX_TYPE_LENGTH) {
      throw new InvalidMessageFormatException(
          "a message type has 1 to " + MAX_TYPE_LENGTH + " characters, this one " + type.length());
    }
    for (int i = 0; i < type.length(); i++) {
      if (!isPlain(type.charAt(i))) {
        throw new InvalidMessageFormatException(
            String.format(
                Locale.ROOT,
                "a message type has no control characters, line or paragraph separators, this one"
                    + " has U+%04X",
                (int) type.charAt(i)));
      }
    }
  }

  /**
   * Replaces the characters that a type must not have by U+FFFD, because stores of earlier versions
   * may hold types with such characters.
   */
  public static String plain(String type) {
    int i = 0;
    while (i < type.length() && isPlain(type.charAt(i))) {
      i++;
    }
    if (i == type.length()) {
      return type; // as a rule, and for every message that is read
    }
    StringBuilder plain = new StringBuilder(type);
    for (; i < type.length(); i++) {
      if (!isPlain(type.charAt(i))) {
        plain.setCharAt(i, '\uFFFD');
      }
    }
    return plain.toString();
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c < 0x7f || c > 0x9f && c != 0x2028 && c != 0x2029;
  }

  /** Creates an unsigned message that is not yet in a log. */
  public static Message of(String type, @Nullable Object payload) {
    return new Message(type, payload, null, null);
  }

  /**
   * Returns the message's place in the channel's log; {@code null} for a message that is in none.
   */
  public @Nullable Position position() {
    return Position.parse(id);
  }

  /** Returns the same message, signed by a listener. */
  public Message signedBy(String listenerId) {
    return new Message(type, payload, listenerId, id);
  }

  /** Returns whether only the hub may send a message of this type. */
  public static boolean isReserved(String type) {
    return type.startsWith(RESERVED_PREFIX);
  }
}
