package io.eric.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides from a request's head whether its body is of the kind that is read here: JSON in UTF-8
 * without a content encoding. The media type is required, because a browser sends other media types
 * for any page without a preflight request (CWE-352).
 */
final class BodyPolicy {

  private static final String JSON = "application/json";
  private static final String ASKED_FOR =
      "a body is JSON in UTF-8: add -H 'content-type: application/json'";

  private BodyPolicy() {}

  /**
   * Checks the head of a request.
   *
   * @return why the request is refused; null if it may go on
   */
  static @Nullable Refusal refusal(HttpVersion version, HttpMethod method, MultiMap headers) {
    // HTTP/1.0 does not define Expect, so the field is ignored there (RFC 9110, 10.1.1).
    String expected = version == HttpVersion.HTTP_1_0 ? null : headers.get(HttpHeaders.EXPECT);
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      return Refusal.of(
          417, "cannot do what is expected: " + cut(expected) + " (100-continue can)");
    }
    boolean announced = announcesBody(headers);
    return announced || mayCarryBody(version, method, headers)
        ? bodyRefusal(announced, headers)
        : null;
  }

  private static @Nullable Refusal bodyRefusal(boolean announced, MultiMap headers) {
    String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Refusal.of(
          415, "a body is sent as it is, not encoded: content-encoding " + cut(encoding));
    }
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    if (type == null) {
      return announced ? untyped() : null;
    }
    return isJson(type)
        ? null
        : Refusal.of(415, "content-type " + cut(type) + " is not read here; " + ASKED_FOR);
  }

  /** Returns the refusal of a body without a media type. */
  static Refusal untyped() {
    return Refusal.of(415, "the content-type is missing; " + ASKED_FOR);
  }

  /** Returns whether a body may follow that no header field announces, which only HTTP/2 allows. */
  private static boolean mayCarryBody(HttpVersion version, HttpMethod method, MultiMap headers) {
    return version == HttpVersion.HTTP_2
        && (method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT))
        && !headers.contains(HttpHeaders.CONTENT_LENGTH);
  }

  private static boolean announcesBody(MultiMap headers) {
    String length = headers.get(HttpHeaders.CONTENT_LENGTH);
    return length != null ? !length.equals("0") : headers.contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private static boolean isJson(String type) {
    if (type.equals(JSON)) {
      return true;
    }
    int semicolon = type.indexOf(';');
    String essence = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    if (!essence.equalsIgnoreCase(JSON)) {
      return false;
    }
    String parameters = semicolon < 0 ? "" : type.substring(semicolon).toLowerCase(Locale.ROOT);
    int charset = parameters.indexOf("charset=");
    return charset < 0
        || parameters.substring(charset + 8).replace("\"", "").strip().startsWith("utf-8");
  }

  private static String cut(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100);
  }
}
