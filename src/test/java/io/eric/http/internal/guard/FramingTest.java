package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.http.HttpHub;
import io.eric.http.RawClient;
import io.eric.options.HttpOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads after which a proxy and the hub might disagree about where the next request begins. */
class FramingTest {

  private static final String SMUGGLED =
      "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"type\":\"t\"}";

  private HttpHub hub;

  @BeforeEach
  void start() {
    hub = new HttpHub(new HttpOptions());
    hub.channel("news");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | Transfer-Encoding: chunked, xchunked",
        "400 | Transfer-Encoding: chunked, chunked",
        "400 | Transfer-Encoding: chunked;Transfer-Encoding: chunked",
        "400 | Transfer-Encoding: gzip;Transfer-Encoding: chunked",
        "400 | Transfer-Encoding: chunked;Content-Length: 5",
        "400 | Content-Length: 5;Content-Length: 6",
        "400 | Content-Length: 5, 6",
        "400 | Content-Length: +5",
        "400 | Content-Length: -5",
        "400 | Content-Length: 0x5",
        "501 | Transfer-Encoding: xchunked",
        "501 | Transfer-Encoding: gzip, chunked",
        "501 | Transfer-Encoding: identity",
      })
  void nothingBehindAnAmbiguousHeadIsARequest(int status, String headers) {
    try (RawClient client = hub.connect()) {
      client.send(broadcastWith(headers) + "0\r\n\r\n" + SMUGGLED);
      String answers = client.toEnd();
      assertThat(answers).startsWith("HTTP/1.1 " + status + " ");
      assertThat(answers.split("HTTP/1\\.1 ", -1)).as(answers).hasSize(2);
    }
    assertThat(hub.broadcast("news", "t", 1)).endsWith("-1");
  }

  @Test
  void http10HasNoChunks() {
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.0\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      assertThat(client.toEnd())
          .startsWith("HTTP/1.0 400 ")
          .contains("HTTP/1.0 has no Transfer-Encoding");
    }
  }

  @ParameterizedTest
  @CsvSource({"chunked", "Chunked", "CHUNKED"})
  void chunkedAloneIsFine(String coding) {
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nTransfer-Encoding: "
              + coding
              + "\r\n\r\nc\r\n{\"type\":\"t\"}\r\n0\r\n\r\n");
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  private static final String H2C =
      "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: AAMAAABkAAQAAP__";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | Transfer-Encoding: chunked, xchunked;" + H2C,
        "501 | Transfer-Encoding: xchunked;" + H2C,
        "400 | Transfer-Encoding: chunked;Content-Length: 5;" + H2C,
        "400 | Content-Length: 5;Content-Length: 6;" + H2C,
        "400 | Content-Length: +5;" + H2C,
        "400 | Host: evil.example;" + H2C,
        "400 | " + H2C + ";Host: localhost",
        "400 | no field;" + H2C,
      })
  void anUpgradeToHttp2IsNoWayAround(int status, String headers) {
    try (RawClient client = hub.connect()) {
      client.send(broadcastWith(headers));
      assertThat(client.head().status()).startsWith("HTTP/1.1 " + status + " ");
    }
    assertThat(hub.broadcast("news", "t", 1)).endsWith("-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: Upgrade;Upgrade: h2c;HTTP2-Settings: AAMAAABkAAQAAP__",
        "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c",
        "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: AAMAAABkAAQ",
        "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: AAT_____",
        "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: *",
      })
  void anUpgradeThatIsNotInOrderIsIgnored(String headers) {
    try (RawClient client = hub.connect()) {
      for (int i = 0; i < 3; i++) {
        client.get("/channels", headers.split(";", -1));
        RawClient.Head head = client.head();
        assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(client.body(head)).isEqualTo("[\"news\"]");
      }
      client.get("/channels", H2C.split(";", -1)); // the first request decides
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void anUpgradeThatIsInOrderIsDone() {
    try (RawClient client = hub.connect()) {
      client.get("/channels", H2C.split(";", -1));
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    }
  }

  private static String broadcastWith(String headers) {
    return "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/json\r\n"
        + headers.replace(";", "\r\n")
        + "\r\n\r\n";
  }
}
