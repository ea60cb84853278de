package io.eric.internal.protocol;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, as the answer to {@code ls} has it.
 *
 * @param items ids of channels, or listeners in the form of {@link io.eric.ListenerStatus#toJson}
 * @param next the place where the next part begins, for {@link Command.Page#place}; null if this is
 *     the last part
 */
public record ListPage(JsonArray items, @Nullable String next) {

  /** Separates the number from the id in a place. */
  private static final char DOT = '.';

  /** Returns a whole list as one part. */
  public static ListPage all(List<?> items) {
    return new ListPage(new JsonArray(items), null);
  }

  /** Returns the answer on the event bus: {@code {"result": [...], "next": place?}}. */
  public JsonObject toAnswer() {
    JsonObject answer = BusReply.result(items);
    return next == null ? answer : answer.put("next", next);
  }

  /** Reads an answer that {@link #toAnswer} has written. */
  public static ListPage ofAnswer(JsonObject answer) {
    return new ListPage(answer.getJsonArray("result"), answer.getString("next"));
  }

  /** Writes a place: a number that gives the order, and the id there. */
  public static String place(long number, String id) {
    return number + "" + DOT + id;
  }

  /**
   * Returns the number of a place.
   *
   * @throws io.eric.InvalidMessageFormatException if there is none
   */
  public static long numberAt(String place) {
    try {
      return Long.parseLong(place.substring(0, Math.max(0, place.indexOf(DOT))));
    } catch (NumberFormatException e) {
      throw new io.eric.InvalidMessageFormatException(
          "page is what the answer before has called next");
    }
  }

  /** Returns the id of a place. */
  public static String idAt(String place) {
    return place.substring(place.indexOf(DOT) + 1);
  }
}
