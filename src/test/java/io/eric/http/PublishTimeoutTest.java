package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.SlowStore;
import io.eric.metrics.CounterName;
import io.eric.options.HttpOptions;
import io.eric.options.PublishTimeouts;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher over HTTP sees when the channel's store takes its time. */
class PublishTimeoutTest {

  private static final String MESSAGE = HttpHub.message("t", "x");

  private final SlowStore store = new SlowStore();
  private HttpHub hub;

  private void start(int eventLoops, PublishTimeouts timeouts) {
    hub = new HttpHub(new HttpOptions().setPublishTimeouts(timeouts), store, eventLoops);
    hub.channel("news");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void aPublishWithAKeyIsRepeatedByItsClientAloneAndAppendedOnce() {
    start(4, new PublishTimeouts(1, 60_000)); // an attempt is over before the client repeats it
    try (RawClient client = hub.connect();
        RawClient again = hub.connect()) {
      post(client, "Idempotency-Key: k\r\n");
      SlowStore.Append append = store.next();
      post(again, "Idempotency-Key: k\r\n");
      await().until(() -> hub.counted(CounterName.REPEATED) >= 1);
      append.complete();

      for (RawClient each : List.of(client, again)) {
        RawClient.Head head = each.head();
        assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head.header("eric-message-id")).isEqualTo("epoch-1");
        assertThat(each.body(head)).isEqualTo("null");
      }
      assertThat(store.underWay()).isZero();
      assertThat(hub.counted(CounterName.PUBLISHED)).isEqualTo(1);
      assertThat(hub.counted(CounterName.REPEATED)).isEqualTo(1);
      assertThat(hub.counted(CounterName.ATTEMPTS_REPEATED)).isZero();
    }
  }

  /** One event loop: the door appends without a message; several: over the event bus. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aPublishThatNobodyAnswersIsUnavailableInTheEnd(int eventLoops) {
    start(eventLoops, new PublishTimeouts(50, 200));
    try (RawClient client = hub.connect()) {
      post(client, "");
      SlowStore.Append append = store.next();

      RawClient.Head head = client.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
      assertThat(head.header("retry-after")).isEqualTo("1");
      assertThat(new JsonObject(client.body(head)).getString("detail"))
          .isEqualTo(
              "no answer from the channel within 200 ms, the outcome is unknown: repeat it with the"
                  + " same key");
      assertThat(hub.counted(CounterName.PUBLISH_TIMEOUTS)).isEqualTo(1);
      assertThat(hub.counted(CounterName.ATTEMPTS_REPEATED)).isZero();

      append.complete(); // it was appended after all, and the next one is served
      post(client, "");
      store.next().complete();
      assertThat(client.head().header("eric-message-id")).isEqualTo("epoch-2");
    }
  }

  private static void post(RawClient client, String header) {
    client.send(
        "POST /broadcast?channel_id=news HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + header
            + "Content-Length: "
            + MESSAGE.length()
            + "\r\n\r\n"
            + MESSAGE);
  }
}
