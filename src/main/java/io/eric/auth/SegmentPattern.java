package io.eric.auth;

import io.eric.Ids;
import java.util.ArrayList;
import java.util.List;

/**
 * A pattern for ids, whose dots divide it into segments: {@code news.*}, {@code tenant.{sub}.**}.
 *
 * <ul>
 *   <li>{@code *} stands for one segment, whatever it is.
 *   <li>{@code **} stands for one or more segments, and can only be the last one.
 *   <li>{@code {sub}} stands for the subject. If the subject is no id or has a dot, the pattern
 *       matches nothing, because such a subject could pick the segments that follow.
 *   <li>Everything else stands for itself, case included.
 * </ul>
 *
 * There are no regular expressions, so matching takes one pass over the id, whatever the pattern
 * is. Immutable, so safe for any thread.
 */
final class SegmentPattern {

  private static final String ONE = "*";
  private static final String REST = "**";
  private static final String SUBJECT = "{sub}";

  private final List<String> segments;
  private final boolean hasRest;
  private final boolean matchesNothing;

  private SegmentPattern(List<String> segments, boolean hasRest, boolean matchesNothing) {
    this.segments = segments;
    this.hasRest = hasRest;
    this.matchesNothing = matchesNothing;
  }

  /**
   * Reads a pattern.
   *
   * @param subject what {@code {sub}} stands for
   * @throws IllegalArgumentException if the pattern is malformed; the message says where
   */
  static SegmentPattern of(String text, String subject) {
    boolean isSubjectUsable = Ids.isValid(subject) && subject.indexOf('.') < 0;
    List<String> segments = new ArrayList<>();
    boolean hasRest = false;
    boolean matchesNothing = false;
    for (String segment : text.split("\\.", -1)) {
      if (hasRest) {
        throw new IllegalArgumentException("** must be the last segment");
      }
      if (segment.equals(REST)) {
        hasRest = true;
      } else if (segment.equals(SUBJECT)) {
        matchesNothing |= !isSubjectUsable;
        segments.add(subject);
      } else if (segment.equals(ONE) || segment.isEmpty() || Ids.isValid(segment)) {
        segments.add(segment);
      } else {
        throw new IllegalArgumentException(
            "the segment \""
                + segment
                + "\" is none of *, **, {sub} and characters out of A-Z a-z 0-9 _ ~ -");
      }
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    return new SegmentPattern(List.copyOf(segments), hasRest, matchesNothing);
  }

  /** Returns whether an id matches. */
  boolean matches(String id) {
    if (matchesNothing) {
      return false;
    }
    int from = 0; // where the next segment of the id begins; beyond its end if there is none
    for (String segment : segments) {
      if (from > id.length()) {
        return false;
      }
      int dot = id.indexOf('.', from);
      int to = dot < 0 ? id.length() : dot;
      if (!segment.equals(ONE)
          && !(segment.length() == to - from && id.startsWith(segment, from))) {
        return false;
      }
      from = to + 1;
    }
    return hasRest == (from <= id.length());
  }
}
