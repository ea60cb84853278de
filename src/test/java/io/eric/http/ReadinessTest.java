package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.HttpOptions;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A hub whose store cannot serve says so to load balancers. */
class ReadinessTest {

  @Test
  void aHubIsReadyWhenItsStoreServes() {
    Store store = new Store();
    try (HttpHub hub = new HttpHub(new HttpOptions(), store, 2)) {
      assertThat(hub.request("GET", "/readyz").statusCode()).isEqualTo(200);
      store.problem = "no connection to 10.0.0.7";
      HttpResponse<String> answer = hub.request("GET", "/readyz");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
      assertThat(answer.body()).contains("store").doesNotContain("10.0.0.7");
      assertThat(hub.request("GET", "/healthz").statusCode()).isEqualTo(200);
      store.problem = null;
      assertThat(hub.request("GET", "/readyz").statusCode()).isEqualTo(200);
    }
  }

  private static final class Store implements MessageStore {
    private final MessageStore memory = MemoryStore.create();
    private volatile @Nullable String problem;

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return memory.open(channelId, retention);
    }

    @Override
    public @Nullable String problem() {
      return problem;
    }

    @Override
    public Future<Void> close() {
      return memory.close();
    }
  }
}
