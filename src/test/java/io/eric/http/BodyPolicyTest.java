package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be sent, decided from the head of a request. */
class BodyPolicyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | 0",
        "Application/JSON | 0",
        "application/json; charset=utf-8 | 0",
        "application/json;charset=\"UTF-8\" | 0",
        "application/json; x=y | 0",
        "application/json; charset=iso-8859-1 | 415",
        "application/x-www-form-urlencoded | 415",
        "text/plain | 415",
        "text/plain; application/json | 415",
        "multipart/form-data; boundary=application/json | 415",
        "application/jsonp | 415",
        "application/problem+json | 415",
        "'' | 415",
      })
  void aBodyIsJson(String type, int status) {
    for (String announced : new String[] {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
      String[] header = announced.split(": ");
      assertThat(status("POST", header[0], header[1], "Content-Type", type))
          .as(announced)
          .isEqualTo(status);
    }
    assertThat(status(HttpVersion.HTTP_2, "POST", "Content-Type", type)).isEqualTo(status);
  }

  @Test
  void theTextSaysWhatToAdd() {
    assertThat(refusal(HttpVersion.HTTP_1_1, "POST", "Content-Length", "5").error().getMessage())
        .isEqualTo(
            "the content-type is missing; a body is JSON in UTF-8: add -H 'content-type:"
                + " application/json'");
    assertThat(
            refusal(
                    HttpVersion.HTTP_1_1,
                    "POST",
                    "Content-Length",
                    "5",
                    "Content-Type",
                    "application/x-www-form-urlencoded")
                .error()
                .getMessage())
        .isEqualTo(
            "content-type application/x-www-form-urlencoded is not read here; a body is JSON in"
                + " UTF-8: add -H 'content-type: application/json'");
  }

  @Test
  void whatHasNoBodyNeedsNoType() {
    for (String method : new String[] {"GET", "PUT", "POST", "DELETE"}) {
      assertThat(status(method)).isEqualTo(0);
      assertThat(status(HttpVersion.HTTP_2, method)).isEqualTo(0);
      assertThat(status(method, "Content-Length", "0")).isEqualTo(0);
      // As curl -d ''.
      assertThat(
              status(
                  method,
                  "Content-Length",
                  "0",
                  "Content-Type",
                  "application/x-www-form-urlencoded"))
          .isEqualTo(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"gzip, 415", "deflate, 415", "br, 415", "'gzip, identity', 415", "identity, 0"})
  void aBodyIsNotEncoded(String encoding, int status) {
    Refusal refusal =
        refusal(
            HttpVersion.HTTP_1_1,
            "POST",
            "Content-Length",
            "5",
            "Content-Type",
            "application/json",
            "Content-Encoding",
            encoding);
    assertThat(refusal == null ? 0 : refusal.status()).isEqualTo(status);
    if (refusal != null) {
      assertThat(refusal.error().getMessage()).contains("content-encoding " + encoding);
    }
  }

  @ParameterizedTest
  @CsvSource({"100-continue, 0", "100-Continue, 0", "200-ok, 417", "'100-continue, x', 417"})
  void onlyOneExpectationIsMet(String expectation, int status) {
    assertThat(status("POST", "Expect", expectation)).isEqualTo(status);
    assertThat(status("GET", "Expect", expectation)).isEqualTo(status);
    assertThat(status(HttpVersion.HTTP_1_0, "POST", "Expect", expectation)).isEqualTo(0);
  }

  private static int status(String method, String... headers) {
    return status(HttpVersion.HTTP_1_1, method, headers);
  }

  private static int status(HttpVersion version, String method, String... headers) {
    Refusal refusal = refusal(version, method, headers);
    return refusal == null ? 0 : refusal.status();
  }

  private static Refusal refusal(HttpVersion version, String method, String... headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    return BodyPolicy.refusal(version, HttpMethod.valueOf(method), map);
  }
}
