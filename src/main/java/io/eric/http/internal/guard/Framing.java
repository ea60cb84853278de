package io.eric.http.internal.guard;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the head of an HTTP/1.x request determines the end of the body unambiguously. Where a
 * proxy and the hub could disagree, one of them would take a part of the body for the next request
 * (CWE-444, CVE-2026-89044). Heads that RFC 9112, section 6, allows a server to repair are
 * therefore refused.
 */
public final class Framing {

  /** The complaint that is answered with 501, as RFC 9112, section 6.1, requires. */
  public static final String UNKNOWN_CODING = "Transfer-Encoding has a coding other than chunked";

  private Framing() {}

  /** Returns what is wrong with the head of a request; null if nothing is. */
  public static @Nullable String complaint(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return null; // HTTP/2 has frames
    }
    MultiMap headers = request.headers();
    if (!headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
      return headers.getAll(HttpHeaders.CONTENT_LENGTH).size() > 1
          ? "there is more than one Content-Length"
          : null;
    }
    if (headers.contains(HttpHeaders.CONTENT_LENGTH)) {
      return "there are both Transfer-Encoding and Content-Length";
    }
    if (request.version() == HttpVersion.HTTP_1_0) {
      return "HTTP/1.0 has no Transfer-Encoding";
    }
    List<String> fields = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
    return fields.size() == 1 ? coding(fields.get(0)) : "there is more than one Transfer-Encoding";
  }

  private static @Nullable String coding(String value) {
    if (value.equalsIgnoreCase("chunked")) {
      return null;
    }
    List<String> codings = new ArrayList<>();
    for (String each : value.split(",", -1)) {
      codings.add(each.trim().toLowerCase(Locale.ROOT));
    }
    boolean ambiguous =
        codings.contains("chunked") && codings.indexOf("chunked") != codings.size() - 1;
    return ambiguous ? "Transfer-Encoding must be chunked and nothing else" : UNKNOWN_CODING;
  }
}
