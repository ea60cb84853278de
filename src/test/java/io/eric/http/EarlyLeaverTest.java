package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.SlowStore;
import io.eric.metrics.GaugeName;
import io.eric.options.HttpOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that leave while their channel is still being asked for their stream. */
class EarlyLeaverTest {

  private static final String PATH = "/watch/news?last_event_id=epoch-0";

  private final SlowStore store = new SlowStore();
  private final HttpHub hub = new HttpHub(new HttpOptions().setMaxStreamsPerClient(1), store, 4);

  @BeforeEach
  void holdsWhatStreamsRead() {
    hub.channel("news");
    try (RawClient publisher =
        hub.connect().post("/broadcast?channel_id=news", HttpHub.message("t", 1))) {
      store.next().complete();
      assertThat(publisher.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
    store.holdReads();
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void haveNoStreamFromThenOn() {
    try (RawClient client = hub.connect().get(PATH)) {
      await().until(() -> store.heldReads() == 1);
      assertThat(hub.sampled(GaugeName.STREAMS_CATCHING_UP)).isEqualTo(1);
      client.reset();
      await().until(() -> hub.sampled(GaugeName.STREAMS_CATCHING_UP) == 0);
    }
    assertThat(store.heldReads()).as("the channel has not answered").isEqualTo(1);
    store.letRead();
    await().until(() -> hub.sampled(GaugeName.LISTENERS_CATCHING_UP) == 0);
    try (RawClient next = hub.connect().stream(PATH)) {
      assertThat(next.chunksUntil("data: 1\n\n")).contains("event: t");
    }
  }
}
