package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.app.EricVerticle;
import io.eric.internal.client.ChannelHandle;
import io.eric.junit5.EricExtension;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.options.EricOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.prefab.InMemoryKvStorage;
import io.eric.prefab.KvStorage;
import io.eric.prefab.SSEChannelRepository;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.eric.testing.Hub;
import io.eric.work.DataProcessingChannel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Futures of the Java API complete on the context of who called, as {@link Channel} promises. */
class CallersContextTest {

  @RegisterExtension
  static final EricExtension ERIC =
      EricExtension.with(new EricOptions().setHttpEnabled(false).setSocketEnabled(false));

  private static Hub hub;
  private static EricVerticle embedded;
  private static DataProcessingChannel work;
  private static Channel plain;
  private static Channel handle;
  private static SSEChannelRepository repository;
  private static final AtomicInteger NAMES = new AtomicInteger();

  @BeforeAll
  static void start(EricVerticle hubOfTheClass) {
    hub = Hub.start();
    work = new DataProcessingChannel(new DataProcessingChannelOptions().setId("work"));
    Hub.await(hub.channels.register(work));
    plain = hub.channel("plain");
    handle = new ChannelHandle(hub.vertx, "plain", null, 5);
    repository = new SSEChannelRepository(new StorageOnAThreadOfItsOwn());
    Hub.await(repository.persist(new SSEChannel(new SSEChannelOptions().setId("kept"))));
    embedded = hubOfTheClass;
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  /** What the API has that gives a future. */
  private enum Call {
    BROADCAST(() -> () -> plain.broadcast(Message.of("a", 1))),
    BROADCAST_BY_HANDLE(() -> () -> handle.broadcast(Message.of("a", 1))),
    BROADCAST_OF_WORK(() -> () -> work.broadcast(Message.of("a", 1))),
    BROADCAST_REFUSED(() -> () -> plain.broadcast(Message.of("a", "x".repeat(2 << 20)))),
    DISPATCH(() -> with(listener(plain), it -> plain.dispatch(it.id(), Message.of("a", 1)))),
    DISPATCH_TO_NOBODY(() -> () -> plain.dispatch("nobody", Message.of("a", 1))),
    ADD_LISTENER(() -> () -> plain.addListener()),
    REGISTER_LISTENER(() -> () -> plain.registerListener(new MessageQueueListener(newName()))),
    GET_LISTENER(() -> with(listener(plain), it -> plain.getListener(it.id()))),
    GET_NO_LISTENER(() -> () -> plain.getListener("nobody")),
    REMOVE_LISTENER(() -> with(listener(plain), it -> plain.removeListener(it.id()))),
    DELIVER_NEXT(() -> with(listener(plain), it -> plain.deliverNext(it.id()))),
    GET_CONNECTIONS(() -> () -> plain.getConnections()),
    START_LISTENER(() -> with(listener(plain), it -> it.start())),
    STOP_LISTENER(() -> with(listener(plain), it -> it.stop())),
    JOIN(() -> () -> new SimpleDistributedApplicationListener(newName()).joinTo(plain)),
    ATTACHED(() -> with(streamOf(plain), it -> it.attached())),
    CLOSE_STREAM(() -> with(streamOf(plain), it -> it.close())),
    CLOSE_WATCH(() -> with(watched(), it -> it.close())),
    CLOSE_RESULTS(() -> with(results(), it -> it.close())),
    NOTIFY_END(() -> () -> work.notifyEnd()),
    PROGRESS(() -> with(listener(work), it -> work.progress(it.id()))),
    NO_PROGRESS(() -> () -> work.progress("nobody")),
    CREATE_CHANNEL(() -> () -> hub.channels.create(newName(), null)),
    CREATE_TWICE(() -> () -> hub.channels.create("plain", null)),
    REGISTER_CHANNEL(() -> () -> hub.channels.register(new SSEChannel())),
    REGISTER_CHANNELS(() -> () -> hub.channels.registerIterable(List.of(new SSEChannel()))),
    REMOVE_CHANNEL(() -> with(newChannel(), it -> hub.channels.rm(it))),
    LEAVE_CHANNEL(() -> with(newChannel(), it -> hub.channels.leave(it, true))),
    REMOVE_CHANNEL_BEING_MADE(() -> CallersContextTest::removeWhileItIsMade),
    RESTORE(() -> () -> hub.channels.restore(Map.of())),
    LOAD_ALL(() -> () -> repository.loadAll()),
    LOAD_ONE(() -> () -> repository.loadOne("kept")),
    LOAD_NONE(() -> () -> repository.loadOne("other")),
    PERSIST(() -> () -> repository.persist(new SSEChannel(new SSEChannelOptions().setId("kept")))),
    DELETE(() -> () -> repository.delete("other")),
    DRAIN(() -> () -> embedded.drain());

    private final Supplier<Supplier<Future<?>>> prepared;

    Call(Supplier<Supplier<Future<?>>> prepared) {
      this.prepared = prepared;
    }

    private static <T> Supplier<Future<?>> with(T prepared, Function<T, Future<?>> call) {
      return () -> call.apply(prepared);
    }
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void itCompletesOnTheCallersContext(Call call) {
    ContextInternal caller = ((VertxInternal) hub.vertx).createEventLoopContext();
    Promise<Context> seen = Promise.promise();
    Supplier<Future<?>> prepared = call.prepared.get();
    caller.runOnContext(
        v -> prepared.get().onComplete(done -> seen.complete(Vertx.currentContext())));
    Context context = Hub.await(seen.future());
    assertThat(context).isInstanceOf(ContextInternal.class);
    assertThat(((ContextInternal) context).unwrap()).isSameAs(caller);
  }

  private static String newName() {
    return "n" + NAMES.incrementAndGet();
  }

  private static String newChannel() {
    String id = newName();
    onAnotherThread(() -> Hub.await(hub.channels.create(id, null)));
    return id;
  }

  /** The deployment that the removal waits for is another caller's. */
  private static Future<Void> removeWhileItIsMade() {
    String id = newName();
    List<Future<?>> made = new ArrayList<>();
    onAnotherThread(() -> made.add(hub.channels.create(id, null)));
    return hub.channels.rm(id);
  }

  /** Registered and started by somebody else. */
  private static MessageQueueListener listener(Channel channel) {
    MessageQueueListener listener = new MessageQueueListener(newName());
    onAnotherThread(
        () -> {
          Hub.await(channel.registerListener(listener));
          Hub.await(listener.start());
          Hub.await(channel.dispatch(listener.id(), Message.of("a", 1)));
        });
    return listener;
  }

  private static MessageStream<JsonObject> streamOf(Channel channel) {
    MessageStream<JsonObject> stream = channel.messageStream(listener(channel));
    stream.handler(event -> {});
    return stream;
  }

  private static MessageStream<JsonObject> watched() {
    MessageStream<JsonObject> stream = plain.watch();
    stream.handler(event -> {});
    return stream;
  }

  /** Made by somebody else, so that it has that one's context. */
  private static MessageStream<JsonObject> results() {
    MessageQueueListener queue = listener(work);
    List<MessageStream<JsonObject>> made = new ArrayList<>();
    onAnotherThread(() -> made.add(work.processQueue(queue)));
    made.get(0).handler(result -> {});
    return made.get(0);
  }

  private static void onAnotherThread(Runnable step) {
    Thread thread = new Thread(step);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Completes its futures on threads that Vert.x does not know. */
  private static final class StorageOnAThreadOfItsOwn implements KvStorage {
    private final KvStorage items = new InMemoryKvStorage();

    @Override
    public Future<Map<String, JsonObject>> fetchByPrefix(String prefix) {
      return later(() -> items.fetchByPrefix(prefix));
    }

    @Override
    public Future<Void> upsert(String key, JsonObject value) {
      return later(() -> items.upsert(key, value));
    }

    @Override
    public Future<Optional<JsonObject>> fetchOne(String key) {
      return later(() -> items.fetchOne(key));
    }

    @Override
    public Future<Void> delete(String key) {
      return later(() -> items.delete(key));
    }

    private static <T> Future<T> later(Supplier<Future<T>> step) {
      Promise<T> done = Promise.promise();
      new Thread(() -> step.get().onComplete(done)).start();
      return done.future();
    }
  }
}
