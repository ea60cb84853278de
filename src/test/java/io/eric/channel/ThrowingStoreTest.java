package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.Message;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.MemoryStorage;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's own store that throws where it should return a failed future. */
class ThrowingStoreTest {

  private Hub hub;

  @AfterEach
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"forget", "heapBytes"})
  void publishersAreAnsweredForWhatIsInTheLogAndNothingStaysInFlight(String method) {
    Storage storage = new Storage(method);
    hub = Hub.start(new Store(storage));
    Channel channel =
        hub.channel(
            "x",
            new JsonObject()
                .put("overflow", "remove")
                .put("limit", new JsonObject().put("messages", 2)));
    Hub.await(channel.addListener()); // removed as the third message comes
    storage.throwing = true;
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(channel.broadcast(Message.of("t", i)));
    }
    Hub.await(Future.all(answers));
    assertThat(ChannelProbe.listeners(channel)).isZero();
    assertThat(Hub.await(Meters.of(hub.vertx).sample(hub.vertx)).get(GaugeName.IN_FLIGHT)).isZero();
    storage.throwing = false;
    assertThat(Hub.await(hub.channels.leave("x", true))).isEmpty();
  }

  private record Store(Storage storage) implements MessageStore {
    @Override
    public Future<MessageLog> open(String id, RetentionOptions retention) {
      return Future.succeededFuture(ChannelLog.create("epoch", retention, storage));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static final class Storage extends MemoryStorage {
    private final String method;
    private volatile boolean throwing;

    private Storage(String method) {
      this.method = method;
    }

    private void called(String called) {
      if (throwing && called.equals(method)) {
        throw new IllegalStateException("the connection is closed");
      }
    }

    @Override
    public Future<Void> forget(String listener) {
      called("forget");
      return super.forget(listener);
    }

    @Override
    public long heapBytes(MessageLog.Usage usage) {
      called("heapBytes");
      return super.heapBytes(usage);
    }
  }
}
