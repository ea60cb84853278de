package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.internal.Origins;
import io.eric.options.CorsOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, decided from the head of a request. */
class OriginPolicyTest {

  private static final int PASSES = 0;

  private final OriginPolicy policy =
      new OriginPolicy(
          new Origins(List.of("https://page.example", "capacitor://localhost")),
          List.of("hub.example", "other.example"));

  @ParameterizedTest
  @CsvSource({
    // names that are ours
    "localhost, 0",
    "LocalHost:8080, 0",
    "localhost., 0",
    "a.localhost:1, 0",
    "a.b.localhost, 0",
    "hub.example, 0",
    "HUB.Example:8443, 0",
    "hub.example., 0",
    "other.example:80, 0",
    // addresses
    "127.0.0.1:8080, 0",
    "192.168.0.7, 0",
    "0.0.0.0:8080, 0",
    "[::1]:8080, 0",
    "[fe80::1], 0",
    // all others
    "evil.example, 421",
    "evil.example:8080, 421",
    "hub.example.evil.example, 421",
    "xhub.example, 421",
    "localhost.evil.example, 421",
    "evillocalhost, 421",
    ".localhost, 421",
    "e$.localhost, 421",
    "127.0.0.1.evil.example, 421",
    "127.0.0.1:80@evil.example, 421",
    "evil.example@127.0.0.1, 421",
    "1.2.3, 421",
    "2130706433, 421",
    "0x7f.1, 421",
    "::1, 421",
    "[::1, 421",
    "[evil.example], 421",
    "localhost:8080:80, 421",
    "localhost:evil, 421",
    "localhost/evil.example, 421",
    "'localhost ', 421",
    "'', 421",
  })
  void hostsAreAddressesOrNamesThatAreOurs(String host, int status) {
    assertThat(status("GET", "/channels", "Host", host)).isEqualTo(status);
    // The port of the setting's name does not count, and repeats are not remembered wrongly.
    assertThat(status("GET", "/channels", "Host", host)).isEqualTo(status);
  }

  @Test
  void thereIsExactlyOneHost() {
    assertThat(status("GET", "/channels")).isEqualTo(400);
    assertThat(status("GET", "/channels", "Host", "localhost", "Host", "localhost")).isEqualTo(400);
    assertThat(status(HttpVersion.HTTP_1_0, "GET", "/channels", null)).isEqualTo(PASSES);
    assertThat(status(HttpVersion.HTTP_1_0, "GET", "/channels", null, "Host", "evil.example"))
        .isEqualTo(421);
  }

  @Test
  void theAuthorityOfTheRequestLineCountsToo() {
    assertThat(status(HttpVersion.HTTP_2, "GET", "/", "localhost:8080")).isEqualTo(PASSES);
    assertThat(status(HttpVersion.HTTP_2, "GET", "/", "evil.example")).isEqualTo(421);
    assertThat(status(HttpVersion.HTTP_2, "GET", "/", null)).isEqualTo(400);
    assertThat(status(HttpVersion.HTTP_1_1, "GET", "/", "evil.example", "Host", "localhost"))
        .isEqualTo(421);
    assertThat(status(HttpVersion.HTTP_1_1, "GET", "/", "localhost", "Host", "evil.example"))
        .isEqualTo(421);
    assertThat(
            status(
                HttpVersion.HTTP_2,
                "POST",
                "/broadcast",
                "localhost:8080",
                "Origin",
                "http://localhost:8080"))
        .isEqualTo(PASSES);
  }

  @ParameterizedTest
  @CsvSource({
    // its own
    "localhost:8080, http://localhost:8080, 0",
    "localhost:8080, https://localhost:8080, 0",
    "LOCALHOST:8080, http://localhost:8080, 0",
    "hub.example, https://hub.example, 0",
    "hub.example:443, https://hub.example, 0",
    "hub.example:80, http://hub.example, 0",
    "hub.example, https://hub.example:443, 403",
    "[::1]:8080, http://[::1]:8080, 0",
    // allowed
    "hub.example, https://page.example, 0",
    "localhost:8080, capacitor://localhost, 0",
    // others
    "localhost:8080, x://localhost:8080, 403",
    "localhost:8080, localhost:8080, 403",
    "localhost:8080, http://localhost:8081, 403",
    "localhost:8080, http://localhost, 403",
    "localhost:8080, http://a.localhost:8080, 403",
    "localhost:8080, http://127.0.0.1:8080, 403",
    "hub.example:443, http://hub.example, 403",
    "hub.example, http://page.example, 403",
    "hub.example, https://page.example.evil.example, 403",
    "hub.example, https://evil.example, 403",
    "hub.example, null, 403",
    "hub.example, '', 403",
  })
  void anOriginIsTheHubsOwnOrAllowed(String host, String origin, int status) {
    for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")) {
      assertThat(status(method, "/broadcast", "Host", host, "Origin", origin))
          .as(method)
          .isEqualTo(status);
    }
    // What else the browser says of it does not matter.
    assertThat(
            status(
                "POST",
                "/dispatch",
                "Host",
                host,
                "Origin",
                origin,
                "Sec-Fetch-Site",
                "cross-site"))
        .isEqualTo(status);
    assertThat(status("GET", "/", "Host", host, "Origin", origin, "Sec-Fetch-Mode", "navigate"))
        .isEqualTo(status);
  }

  @Test
  void twoOriginsAreNone() {
    assertThat(
            status(
                "POST",
                "/broadcast",
                "Host",
                "localhost",
                "Origin",
                "http://localhost",
                "Origin",
                "http://localhost"))
        .isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /stream/orders/billing, same-origin, no-cors, 0",
    "GET, /channels, none, navigate, 0",
    "GET, /stream/orders/billing, cross-site, no-cors, 403",
    "GET, /channels, same-site, no-cors, 403",
    "GET, /channels, cross-site, navigate, 403",
    "GET, /stream/orders/billing, cross-site, navigate, 403",
    "POST, /, cross-site, navigate, 403",
    "GET, /, cross-site, navigate, 0",
    "HEAD, /, cross-site, navigate, 0",
    "GET, /, cross-site, no-cors, 403",
    "GET, //, cross-site, navigate, 403",
    "GET, /, something-new, no-cors, 403",
  })
  void whatABrowserSaysOfTheSiteCountsWhereItNamesNoOrigin(
      String method, String path, String site, String mode, int status) {
    assertThat(
            status(
                method, path, "Host", "localhost", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", mode))
        .isEqualTo(status);
  }

  @Test
  void everyOriginMayComeInWhereAllAreAllowed() {
    OriginPolicy open = new OriginPolicy(new Origins(List.of("*")), List.of());
    for (String header : List.of("Origin", "Sec-Fetch-Site")) {
      MultiMap headers =
          MultiMap.caseInsensitiveMultiMap()
              .add("Host", "localhost")
              .add(header, header.equals("Origin") ? "https://any.example" : "cross-site");
      assertThat(open.refusal(HttpVersion.HTTP_1_1, HttpMethod.POST, "/publish", null, headers))
          .isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "empty, 0",
    "image, 403",
    "document, 403",
    "iframe, 403",
    "video, 403",
    "script, 403",
    "websocket, 403",
    "object, 403"
  })
  void streamsAreForScripts(String destination, int status) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Sec-Fetch-Dest", destination);
    Refusal refusal = OriginPolicy.streamRefusal(headers);
    assertThat(refusal == null ? PASSES : refusal.status()).isEqualTo(status);
    assertThat(OriginPolicy.streamRefusal(MultiMap.caseInsensitiveMultiMap())).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://page.example",
        "http://localhost:5173",
        "capacitor://localhost",
        "ionic://localhost",
        "app://-",
        "tauri://localhost",
        "chrome-extension://abcdefghijklmnop",
        "http://[::1]:8080",
        "file://",
        "*",
      })
  void anySerialisedOriginMayBeListed(String origin) {
    CorsOptions cors =
        new CorsOptions(new JsonObject().put("origins", new JsonArray().add(origin)));
    assertThat(new Origins(cors.getOrigins()).allow(origin)).isTrue();
  }

  @Test
  void anOriginIsListedAsBrowsersWriteIt() {
    CorsOptions cors =
        new CorsOptions().setOrigins(List.of("HTTPS://Page.Example:443", "http://a.example:80"));
    assertThat(cors.getOrigins()).containsExactly("https://page.example", "http://a.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page.example",
        "https://page.example/",
        "https://page.example/path",
        "https://",
        "://host",
        "https:/page.example",
        "https://user@page.example",
        "https://page.example:port",
        "https://*.example",
        "https://page.example?x",
        "https://b\u00fccher.example",
        "null",
        "",
        " ",
      })
  void whatIsNoOriginIsRefusedNamingTheSetting(String origin) {
    assertThatThrownBy(
            () ->
                new HttpOptions(
                    new JsonObject()
                        .put("cors", new JsonObject().put("origins", new JsonArray().add(origin)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cors.origins: ")
        .hasMessageContaining(origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hub.example:8080", "https://hub.example", "a/b", "*", "", "a..b", "-a"})
  void whatIsNoHostNameIsRefusedNamingTheSetting(String host) {
    assertThatThrownBy(
            () -> new HttpOptions(new JsonObject().put("hosts", new JsonArray().add(host))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("hosts: \"" + host + "\" is no host name");
  }

  @Test
  void whatIsNoHeaderIsRefusedNamingTheSetting() {
    assertThatThrownBy(
            () -> new CorsOptions(new JsonObject().put("headers", new JsonArray().add("X Y"))))
        .hasMessage("headers: \"X Y\" is no header's name, like X-Requested-With");
  }

  private int status(String method, String path, String... headers) {
    return status(HttpVersion.HTTP_1_1, method, path, null, headers);
  }

  private int status(
      HttpVersion version, String method, String path, String authority, String... headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    Refusal refusal = policy.refusal(version, HttpMethod.valueOf(method), path, authority, map);
    if (refusal == null) {
      return PASSES;
    }
    assertThat(refusal.error().name())
        .isEqualTo(refusal.status() == 403 ? "Forbidden" : "InvalidMessageFormat");
    return refusal.status();
  }
}
