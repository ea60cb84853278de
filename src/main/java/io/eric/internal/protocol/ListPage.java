package io.eric.internal.protocol;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, as {@code ls} is answered.
 *
 * @param items ids of channels, or listeners as {@link io.eric.ListenerStatus#toJson} shows them
 * @param next where the part after this one begins, for {@link Command.Page#place}; null if this is
 *     the last
 */
public record ListPage(JsonArray items, @Nullable String next) {

  /** Separates the number from the id in a place. */
  private static final char DOT = '.';

  /** All of a list. */
  public static ListPage all(List<?> items) {
    return new ListPage(new JsonArray(items), null);
  }

  /** The answer on the event bus: {@code {"result": [...], "next": place?}}. */
  public JsonObject toAnswer() {
    JsonObject answer = BusReply.result(items);
    return next == null ? answer : answer.put("next", next);
  }

  public static ListPage ofAnswer(JsonObject answer) {
    return new ListPage(answer.getJsonArray("result"), answer.getString("next"));
  }

  /** How a place is written: a number that orders, and the id there. */
  public static String place(long number, String id) {
    return number + "" + DOT + id;
  }

  /**
   * The number of a place.
   *
   * @throws io.eric.InvalidMessageFormatException if it is none
   */
  public static long numberAt(String place) {
    try {
      return Long.parseLong(place.substring(0, Math.max(0, place.indexOf(DOT))));
    } catch (NumberFormatException e) {
      throw new io.eric.InvalidMessageFormatException(
          "page is what the answer before has called next");
    }
  }

  /** The id of a place. */
  public static String idAt(String place) {
    return place.substring(place.indexOf(DOT) + 1);
  }
}
