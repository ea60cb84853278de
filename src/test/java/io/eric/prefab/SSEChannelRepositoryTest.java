package io.eric.prefab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.InvalidChannelException;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.RepositoryException;
import io.eric.channel.SSEChannel;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SSEChannelRepositoryTest {

  private Hub hub;
  private InMemoryKvStorage storage;
  private SSEChannelRepository repository;

  @BeforeEach
  void start() {
    hub = Hub.start();
    storage = new InMemoryKvStorage();
    repository = new SSEChannelRepository(storage);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private SSEChannel deployed(String id, String... listeners) {
    return deployed(new SSEChannel(new SSEChannelOptions().setId(id)), listeners);
  }

  private SSEChannel deployed(SSEChannel channel, String... listeners) {
    Hub.await(hub.channels.register(channel));
    for (String listener : listeners) {
      Hub.await(channel.registerListener(new MessageQueueListener(listener)));
    }
    return channel;
  }

  private static List<String> listeners(SSEChannel channel) {
    return Hub.await(channel.getConnections()).stream().map(ListenerStatus::listener).toList();
  }

  /** As another hub would load it. */
  private SSEChannel reloaded(String id) {
    Hub.await(hub.channels.rm(id));
    SSEChannel loaded = Hub.await(new SSEChannelRepository(storage).loadOne(id));
    return deployed(loaded);
  }

  @Test
  void aChannelIsCreatedFromItsDataAndNothingIsStored() {
    SSEChannel channel = repository.create(new JsonObject().put("id", "x").put("retry", 7));
    assertThat(channel.id()).isEqualTo("x");
    assertThat(channel.adapt(Message.of("t", 1)).getInteger("retry")).isEqualTo(7);
    assertThat(repository.create(new JsonObject()).id()).hasSize(36);
    assertThat(storage.size()).isZero();
    assertThatThrownBy(() -> repository.create(new JsonObject().put("nonsense", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonsense");
    assertThatThrownBy(() -> repository.create(new JsonObject().put("id", "a/b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id");
  }

  @Test
  void aPersistedChannelIsLoadedWithItsIdAndOptions() {
    SSEChannelOptions options =
        new SSEChannelOptions()
            .setRetry(99)
            .setStreamDelay(0.25)
            .setOverflow(OverflowPolicy.WAIT)
            .setRetention(new RetentionOptions(1, 2, 3, 4, 5, 6));
    SSEChannel channel = new SSEChannel(options); // not deployed, its id is random
    Hub.await(repository.persist(channel));
    SSEChannel loaded = Hub.await(new SSEChannelRepository(storage).loadOne(channel.id()));
    assertThat(loaded).isNotSameAs(channel);
    assertThat(loaded.id()).isEqualTo(channel.id());
    assertThat(loaded.options().toJson()).isEqualTo(options.toJson().put("id", channel.id()));
  }

  @Test
  void theListenersOfALoadedChannelAreThereAndNotStarted() {
    SSEChannel channel = deployed("x", "a", "b");
    Hub.await(repository.persist(channel));
    SSEChannel loaded = reloaded("x");
    assertThat(listeners(loaded)).containsExactly("a", "b");
    assertThat(Hub.await(loaded.getListener("a")).isRunning()).isFalse();
    Hub.await(loaded.broadcast(Message.of("t", "new")));
    MessageQueueListener a = Hub.await(loaded.getListener("a"));
    Hub.await(a.start());
    assertThat(new Received(loaded.messageStream(a)).data(1)).containsExactly("new");
  }

  @Test
  void aListenerGoesOnAtItsPositionIfTheLogIsStillThatOne() {
    MessageStore store = keeping();
    try (Hub before = Hub.start(store)) {
      SSEChannel channel = new SSEChannel(new SSEChannelOptions().setId("x"));
      Hub.await(before.channels.register(channel));
      MessageQueueListener reader = new MessageQueueListener("reader");
      Hub.await(channel.registerListener(reader));
      Hub.await(reader.start());
      for (int i = 1; i <= 3; i++) {
        Hub.await(channel.broadcast(Message.of("t", i)));
      }
      Hub.await(channel.deliverNext("reader"));
      Hub.await(repository.persist(channel));
    }
    try (Hub after = Hub.start(store)) {
      SSEChannel loaded = Hub.await(repository.loadOne("x"));
      Hub.await(after.channels.register(loaded));
      Hub.await(Hub.await(loaded.getListener("reader")).start());
      assertThat(Hub.await(loaded.deliverNext("reader")).payload()).isEqualTo(2);
    }
  }

  /** A store whose logs survive a restart, but which knows no listeners. */
  private static MessageStore keeping() {
    MessageStore memory = MemoryStore.create();
    Map<String, MessageLog> logs = new ConcurrentHashMap<>();
    return new MessageStore() {
      @Override
      public Future<MessageLog> open(String channelId, RetentionOptions retention) {
        MessageLog known = logs.get(channelId);
        return known != null
            ? Future.succeededFuture(known)
            : memory
                .open(channelId, retention)
                .map(log -> kept(log))
                .onSuccess(log -> logs.put(channelId, log));
      }

      @Override
      public Future<Void> close() {
        return Future.succeededFuture();
      }
    };
  }

  private static MessageLog kept(MessageLog log) {
    return (MessageLog)
        Proxy.newProxyInstance(
            MessageLog.class.getClassLoader(),
            new Class<?>[] {MessageLog.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "close" -> Future.succeededFuture();
                  case "committed", "registered" -> Map.of();
                  default -> method.invoke(log, arguments);
                });
  }

  @Test
  void persistingAgainStoresWhatHasChanged() {
    SSEChannel channel = deployed("x", "a", "b");
    Hub.await(repository.persist(channel));
    Hub.await(channel.removeListener("a"));
    Hub.await(channel.registerListener(new MessageQueueListener("c")));
    Hub.await(repository.persist(channel));
    assertThat(listeners(reloaded("x"))).containsExactly("b", "c");
  }

  @Test
  void aLoadedChannelThatWasNeverDeployedKeepsItsListenersWhenItIsPersisted() {
    Hub.await(repository.persist(deployed("x", "a")));
    Hub.await(repository.persist(Hub.await(repository.loadOne("x"))));
    assertThat(listeners(reloaded("x"))).containsExactly("a");
  }

  @Test
  void aChannelWhoseIdBeginsAnotherOnesIsNotMixedUpWithIt() {
    SSEChannel ab = deployed("ab", "short");
    SSEChannel abc = deployed("abc", "long");
    SSEChannel a = deployed("a");
    for (SSEChannel channel : List.of(ab, abc, a)) {
      Hub.await(repository.persist(channel));
    }
    Hub.await(repository.delete("a"));
    assertThat(listeners(reloaded("ab"))).containsExactly("short");
    Hub.await(repository.delete("ab"));
    assertThat(listeners(reloaded("abc"))).containsExactly("long");
  }

  @Test
  void allChannelsAreLoadedWithTheirListeners() {
    Hub.await(repository.persist(deployed("y", "b")));
    Hub.await(repository.persist(deployed("x", "a")));
    List<SSEChannel> loaded = Hub.await(repository.loadAll());
    assertThat(loaded).extracting(SSEChannel::id).containsExactly("x", "y");
    Hub.await(hub.channels.rm("x"));
    Hub.await(hub.channels.rm("y"));
    Hub.await(hub.channels.registerIterable(loaded));
    assertThat(loaded)
        .flatExtracting(SSEChannelRepositoryTest::listeners)
        .containsExactly("a", "b");
  }

  @Test
  void deletingIsIdempotentAndLeavesNothingBehind() {
    SSEChannel channel = deployed("x", "a", "b");
    Hub.await(repository.persist(channel));
    Hub.await(repository.delete("x"));
    assertThat(storage.size()).isZero();
    Hub.await(repository.delete("x"));
    Hub.await(repository.delete("never"));
    assertThat(Hub.await(repository.loadAll())).isEmpty();
    assertThat(listeners(channel)).as("the channel itself lives on").containsExactly("a", "b");
  }

  @Test
  void anUnknownChannelIsNotLoaded() {
    assertThat(Hub.failure(repository.loadOne("none")))
        .isInstanceOf(InvalidChannelException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aStoredItemThatIsNoChannelIsNamed() {
    Hub.await(storage.upsert("channel/x", new JsonObject().put("id", "x").put("odd", 1)));
    assertThat(Hub.failure(repository.loadOne("x")))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("odd");
    assertThat(Hub.failure(repository.loadAll())).isInstanceOf(RepositoryException.class);
  }

  @Test
  void aPersistThatFailedHalfWayIsCompletedByARepeat() {
    AtomicInteger writes = new AtomicInteger();
    KvStorage failing =
        new KvStorage() {
          @Override
          public Future<Map<String, JsonObject>> fetchByPrefix(String prefix) {
            return storage.fetchByPrefix(prefix);
          }

          @Override
          public Future<Void> upsert(String key, JsonObject value) {
            return writes.incrementAndGet() == 2
                ? Future.failedFuture(new RepositoryException("disk full", null))
                : storage.upsert(key, value);
          }

          @Override
          public Future<Optional<JsonObject>> fetchOne(String key) {
            return storage.fetchOne(key);
          }

          @Override
          public Future<Void> delete(String key) {
            return storage.delete(key);
          }
        };
    SSEChannelRepository unlucky = new SSEChannelRepository(failing);
    SSEChannel channel = deployed("x", "a", "b");
    assertThat(Hub.failure(unlucky.persist(channel))).hasMessage("disk full");
    Hub.await(unlucky.persist(channel));
    assertThat(listeners(reloaded("x"))).containsExactly("a", "b");
  }

  @Test
  void channelsOfAClassOfOnesOwnAreLoadedAsSuch() {
    class Shouting extends SSEChannel {
      private Shouting(SSEChannelOptions options) {
        super(options);
      }

      @Override
      public JsonObject adapt(Message message) {
        return super.adapt(message).put("event", message.type() + "!");
      }
    }
    SSEChannelRepository own =
        new SSEChannelRepository(storage) {
          @Override
          protected SSEChannel newChannel(SSEChannelOptions options) {
            return new Shouting(options);
          }
        };
    Hub.await(own.persist(new SSEChannel(new SSEChannelOptions().setId("x"))));
    assertThat(Hub.await(own.loadOne("x"))).isInstanceOf(Shouting.class);
  }
}
