package io.eric.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rights that a principal has, and what for, as JSON:
 *
 * <pre>{@code {"subscribe": ["news.*"], "listen": ["inbox/{sub}"]}}</pre>
 *
 * <p>Each key is a right. Its value lists patterns: of channels, and for {@code listen} and {@code
 * dispatch} of a channel and a listener with a slash between them. {@code admin} is granted by
 * {@code true}. A dot divides an id into segments; {@code *} stands for one segment, {@code **} at
 * the end for one or more, {@code {sub}} for the subject, unless the subject is no valid id or has
 * a dot, when it stands for nothing.
 *
 * <p>What is not granted is not allowed. Immutable, so safe for any thread.
 */
public final class Grants {

  /** How many patterns a principal may have. */
  public static final int MAX_PATTERNS = 64;

  /** How many characters a pattern may have. */
  public static final int MAX_LENGTH = 256;

  private static final Grants NOTHING = new Grants(Map.of(), false);
  private static final Grants EVERYTHING = new Grants(Map.of(), true);

  private final Map<Right, List<Pattern>> patterns;
  private final boolean isAdmin;

  /** A pattern of a channel and, if the right reaches to listeners, of a listener. */
  private record Pattern(SegmentPattern channel, @Nullable SegmentPattern listener) {

    boolean matches(String channelId, @Nullable String listenerId) {
      return channel.matches(channelId)
          && (listener == null || (listenerId != null && listener.matches(listenerId)));
    }
  }

  private Grants(Map<Right, List<Pattern>> patterns, boolean isAdmin) {
    this.patterns = patterns;
    this.isAdmin = isAdmin;
  }

  /** Returns the grants of somebody who may do nothing. */
  public static Grants nothing() {
    return NOTHING;
  }

  /** Returns the grants of somebody who may do everything. */
  public static Grants everything() {
    return EVERYTHING;
  }

  /**
   * Reads grants.
   *
   * @param json the rights with their patterns
   * @param subject what {@code {sub}} stands for
   * @throws IllegalArgumentException if a right is unknown, a pattern is malformed, or there is too
   *     much of something; the message names it and says what is allowed
   */
  public static Grants of(JsonObject json, String subject) {
    Map<Right, List<Pattern>> patterns = new EnumMap<>(Right.class);
    boolean isAdmin = false;
    int count = 0;
    for (Map.Entry<String, Object> each : json) {
      Right right = Right.of(each.getKey());
      if (right.reach() == Right.Reach.HUB) {
        isAdmin = flag(right, each.getValue());
        continue;
      }
      List<Pattern> ofRight = patterns(right, each.getValue(), subject);
      count += ofRight.size();
      if (count > MAX_PATTERNS) {
        throw new IllegalArgumentException("there are more than " + MAX_PATTERNS + " patterns");
      }
      patterns.put(right, ofRight);
    }
    return new Grants(patterns, isAdmin);
  }

  private static boolean flag(Right right, @Nullable Object value) {
    if (value instanceof Boolean granted) {
      return granted;
    }
    throw new IllegalArgumentException("\"" + right.claim() + "\" must be true or false");
  }

  private static List<Pattern> patterns(Right right, @Nullable Object value, String subject) {
    if (!(value instanceof JsonArray array) || array.size() > MAX_PATTERNS) {
      throw new IllegalArgumentException(
          "\"" + right.claim() + "\" must be a list of up to " + MAX_PATTERNS + " patterns");
    }
    List<Pattern> patterns = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.getValue(i) instanceof String text)) {
        throw new IllegalArgumentException(
            "\"" + right.claim() + "\" has a pattern that is no text");
      }
      patterns.add(pattern(right, text, subject));
    }
    return List.copyOf(patterns);
  }

  private static Pattern pattern(Right right, String text, String subject) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a pattern of \""
              + right.claim()
              + "\" has "
              + text.length()
              + " characters, allowed are up to "
              + MAX_LENGTH);
    }
    try {
      int slash = text.indexOf('/');
      if (right.reach() == Right.Reach.CHANNEL) {
        if (slash >= 0) {
          throw new IllegalArgumentException("it names a listener, the right is for channels");
        }
        return new Pattern(SegmentPattern.of(text, subject), null);
      }
      if (slash < 0) {
        throw new IllegalArgumentException(
            "it must be a channel and a listener, as in inbox/{sub}");
      }
      return new Pattern(
          SegmentPattern.of(text.substring(0, slash), subject),
          SegmentPattern.of(text.substring(slash + 1), subject));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the pattern \"" + text + "\" of \"" + right.claim() + "\": " + e.getMessage(), e);
    }
  }

  /** Returns whether everything is granted. */
  boolean isAdmin() {
    return isAdmin;
  }

  /**
   * Returns whether a right is granted for a channel or one of its listeners.
   *
   * @param right one that is for channels or listeners
   * @param listener null if the request is about no listener
   */
  boolean has(Right right, String channel, @Nullable String listener) {
    if (isAdmin) {
      return true;
    }
    for (Pattern pattern : patterns.getOrDefault(right, List.of())) {
      if (pattern.matches(channel, listener)) {
        return true;
      }
    }
    return false;
  }
}
