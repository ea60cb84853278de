package io.eric.http;

import io.eric.InvalidMessageFormatException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds parameters in a query. The queries of this door carry ids, which need no escapes, so the
 * usual case takes a substring and builds no map.
 */
final class QueryText {

  private static final int MAX_NAME_SHOWN = 64;

  private QueryText() {}

  /**
   * Makes sure that a query has no other parameters than these, and each at most once: a parameter
   * that is not read would be a wish that is silently ignored.
   *
   * @throws InvalidMessageFormatException naming the parameter
   */
  static void check(@Nullable String query, String... allowed) {
    if (query == null || query.isEmpty()) {
      return;
    }
    int seen = 0;
    int from = 0;
    while (from < query.length()) {
      int next = query.indexOf('&', from);
      int end = next < 0 ? query.length() : next;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (end > from) { // two ampersands in a row enclose no parameter
        int parameter = indexOf(query, from, nameEnd, allowed);
        if (parameter < 0) {
          throw new InvalidMessageFormatException(
              "unknown query parameter "
                  + shown(query, from, nameEnd)
                  + (allowed.length == 0
                      ? ", none is allowed here"
                      : ", allowed here: " + String.join(", ", allowed)));
        }
        if ((seen & 1 << parameter) != 0) {
          throw new InvalidMessageFormatException(
              "the query parameter " + allowed[parameter] + " stands there twice");
        }
        seen |= 1 << parameter;
      }
      from = end + 1;
    }
  }

  private static int indexOf(String query, int from, int to, String... allowed) {
    for (int i = 0; i < allowed.length; i++) {
      if (to - from == allowed[i].length() && query.startsWith(allowed[i], from)) {
        return i;
      }
    }
    String name = query.substring(from, to);
    return name.indexOf('%') < 0 && name.indexOf('+') < 0
        ? -1
        : List.of(allowed).indexOf(decoded(name));
  }

  private static String shown(String query, int from, int to) {
    String name = decoded(query.substring(from, to));
    return name.length() <= MAX_NAME_SHOWN ? name : name.substring(0, MAX_NAME_SHOWN) + "...";
  }

  private static String decoded(String text) {
    try {
      return QueryStringDecoder.decodeComponent(text);
    } catch (IllegalArgumentException malformedEscape) {
      throw malformed();
    }
  }

  private static InvalidMessageFormatException malformed() {
    return new InvalidMessageFormatException("the query has a malformed escape");
  }

  /**
   * Returns the first value of a parameter, decoded; null if the parameter is absent.
   *
   * @throws InvalidMessageFormatException if the query has a malformed escape
   */
  static @Nullable String first(@Nullable String query, String name) {
    if (query == null || query.isEmpty()) {
      return null;
    }
    if (query.indexOf('%') >= 0 || query.indexOf('+') >= 0) {
      return decoded(query, name);
    }
    int from = 0;
    while (from <= query.length()) {
      int next = query.indexOf('&', from);
      int end = next < 0 ? query.length() : next;
      int equals = from + name.length();
      if (query.startsWith(name, from) && equals <= end) {
        if (equals == end) {
          return "";
        }
        if (query.charAt(equals) == '=') {
          return query.substring(equals + 1, end);
        }
      }
      from = end + 1;
    }
    return null;
  }

  private static @Nullable String decoded(String query, String name) {
    try {
      List<String> values = new QueryStringDecoder(query, false).parameters().get(name);
      return values == null ? null : values.get(0);
    } catch (IllegalArgumentException malformedEscape) {
      throw malformed();
    }
  }
}
