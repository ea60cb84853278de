package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.MessageQueueListener;
import io.eric.RepositoryException;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.Registration;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.MemoryStorage;
import io.eric.options.RetentionOptions;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener that the store could not keep leaves nothing behind, neither here nor there. */
class FailingRegistrationTest {

  private final Registrations store = new Registrations();
  private Hub hub;
  private Channel channel;

  @BeforeEach
  void start() {
    hub = Hub.start(store);
    channel = hub.channel("x");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static MessageQueueListener listener(String id) {
    return new MessageQueueListener(id);
  }

  private MessageLog log() {
    return ChannelProbe.open(channel).log;
  }

  private void assertThatOnlyRealIsThere() {
    Hub.await(channel.registerListener(listener("real")));
    Hub.until(() -> log().committed().containsKey("real"));
    assertThat(log().committed()).containsOnlyKeys("real");
    assertThat(log().registered()).containsOnlyKeys("real");
    assertThat(Hub.await(channel.getConnections())).hasSize(1);
  }

  @Test
  void whenTheStoreFailsAtOnce() {
    store.next = Future.failedFuture(new RepositoryException("disk full", null));
    assertThat(Hub.failure(channel.registerListener(listener("ghost"))))
        .isInstanceOf(RepositoryException.class);
    assertThatOnlyRealIsThere();
  }

  @Test
  void whenTheStoreFailsAfterTheCursorIsCommitted() {
    Promise<Void> kept = Promise.promise();
    store.next = kept.future();
    Future<?> registered = channel.registerListener(listener("ghost"));
    Hub.until(() -> log().committed().containsKey("ghost"));
    store.context.runOnContext(v -> kept.fail(new RepositoryException("disk full", null)));
    assertThat(Hub.failure(registered)).isInstanceOf(RepositoryException.class);
    assertThatOnlyRealIsThere();
  }

  @Test
  void aLaterListenerOfTheSameIdStays() {
    Promise<Void> kept = Promise.promise();
    store.next = kept.future();
    Future<?> registered = channel.registerListener(listener("real"));
    Hub.until(() -> log().committed().containsKey("real"));
    Hub.await(channel.removeListener("real"));
    Hub.await(channel.registerListener(listener("real")));
    Hub.until(() -> log().committed().containsKey("real"));
    store.context.runOnContext(v -> kept.fail(new RepositoryException("disk full", null)));
    Hub.failure(registered);
    assertThat(log().committed()).containsOnlyKeys("real");
    assertThat(log().registered()).containsOnlyKeys("real");
    assertThat(Hub.await(channel.getConnections())).hasSize(1);
  }

  @Test
  void afterOverlappingFailuresTheStoreIsAskedAgain() {
    MessageQueueListener real = listener("real");
    Hub.await(channel.registerListener(real));
    Promise<Void> start = Promise.promise();
    store.next = start.future();
    Future<?> started = real.start();
    Hub.until(() -> store.asked.get() == 2);
    Promise<Void> stop = Promise.promise();
    store.next = stop.future();
    Future<?> stopped = real.stop();
    Hub.until(() -> store.asked.get() == 3);
    store.context.runOnContext(v -> start.fail(new RepositoryException("disk full", null)));
    assertThat(Hub.failure(started)).isInstanceOf(RepositoryException.class);
    store.context.runOnContext(v -> stop.fail(new RepositoryException("disk full", null)));
    assertThat(Hub.failure(stopped)).isInstanceOf(RepositoryException.class);

    Hub.await(real.start());

    assertThat(store.asked).hasValue(4);
  }

  /** Its cursor alone would be of no use to the next owner. */
  @Test
  void aListenerOfARenewedHookThatTheLogDoesNotKnowIsKept() {
    Hub.await(
        hub.vertx
            .eventBus()
            .request(
                "eric.channel.x",
                new ChannelRequest.RenewHook("real", null, true),
                LocalCodec.options()));
    Hub.until(() -> log().committed().containsKey("real"));
    assertThat(log().registered()).containsOnlyKeys("real");
  }

  /** Answers one registration as the test says, and keeps all others. */
  private static final class Registrations implements MessageStore {
    volatile Future<Void> next = Future.succeededFuture();
    volatile Context context;
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      context = Vertx.currentContext();
      return Future.succeededFuture(ChannelLog.create("epoch", retention, new Storage()));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }

    private final class Storage extends MemoryStorage {
      @Override
      public Future<Void> register(String listener, Registration registration) {
        Future<Void> answer = next;
        next = Future.succeededFuture();
        context = Vertx.currentContext();
        asked.incrementAndGet();
        return answer;
      }
    }
  }
}
