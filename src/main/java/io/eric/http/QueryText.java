package io.eric.http;

import io.eric.InvalidMessageFormatException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds parameters in a query. Ids, which are what queries here carry, need no escapes, so the
 * common case takes a substring and builds no map.
 */
final class QueryText {

  private QueryText() {}

  /** The first value of a parameter, decoded; {@code null} if it is absent. */
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
      throw new InvalidMessageFormatException("the query has a malformed escape");
    }
  }
}
