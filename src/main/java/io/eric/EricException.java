package io.eric;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An error that every door reports under the same name. The {@linkplain #name() name} is what a
 * client sees, the {@linkplain #code() code} is the HTTP status and the event bus failure code.
 *
 * <p>These are answers, not accidents, so they carry no stack trace unless they have a cause.
 * Immutable, so safe for any thread.
 */
public abstract class EricException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The code of an error whose cause is that a channel or listener exists already. */
  static final int EXISTS = 409;

  private final String name;
  private final int code;

  /**
   * Creates an error; {@code message} must never hold payloads, class names or other clients' data.
   */
  protected EricException(String name, int code, String message, @Nullable Throwable cause) {
    super(message, cause, true, cause != null);
    this.name = name;
    this.code = code;
  }

  /** Returns the error's name, which is the same at every door. */
  public final String name() {
    return name;
  }

  /** Returns the HTTP status, which is also the event bus failure code. */
  public final int code() {
    return code;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }

  /**
   * Returns what the socket shows: the name and one quoted argument, in which quotes and control
   * characters are escaped.
   */
  public final String text() {
    StringBuilder text = new StringBuilder(name).append("('");
    String message = getMessage();
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      switch (c) {
        case '\'', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            text.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append("')").toString();
  }

  /**
   * Rebuilds an exception from its {@linkplain #text() text}, as it arrives over the event bus or
   * the socket.
   *
   * @param code the HTTP status or event bus failure code; 409 says that the channel or listener
   *     exists already
   * @return null if the text is not an error of this library
   */
  public static @Nullable EricException parse(int code, String text) {
    int open = text.indexOf("('");
    if (open < 1 || text.length() < open + 4 || !text.endsWith("')")) {
      return null;
    }
    String message = unescape(text.substring(open + 2, text.length() - 2));
    return switch (text.substring(0, open)) {
      case "InvalidChannelException" -> new InvalidChannelException(message, code == EXISTS);
      case "InvalidListenerException" -> new InvalidListenerException(message, code == EXISTS);
      case "InvalidMessageFormat" -> new InvalidMessageFormatException(message);
      case "PayloadTooLarge" -> new PayloadTooLargeException(message);
      case "LogFullException" -> new LogFullException(message);
      case "NoMessagesException" -> new NoMessagesException(message);
      case "Unauthorized" -> new UnauthorizedException(message);
      case "Forbidden" -> new ForbiddenException(message);
      case "Unavailable" -> new UnavailableException(message);
      case "RepositoryError" -> new RepositoryException(message, null);
      default -> null;
    };
  }

  private static String unescape(String escaped) {
    if (escaped.indexOf('\\') < 0) {
      return escaped;
    }
    StringBuilder plain = new StringBuilder(escaped.length());
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c != '\\' || i + 1 == escaped.length()) {
        plain.append(c);
        continue;
      }
      char escape = escaped.charAt(++i);
      switch (escape) {
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 't' -> plain.append('\t');
        case 'x' -> {
          int high = i + 2 < escaped.length() ? Character.digit(escaped.charAt(i + 1), 16) : -1;
          int low = high < 0 ? -1 : Character.digit(escaped.charAt(i + 2), 16);
          if (low < 0) {
            plain.append("\\x");
          } else {
            plain.append((char) (high * 16 + low));
            i += 2;
          }
        }
        default -> plain.append(escape);
      }
    }
    return plain.toString();
  }
}
