package io.eric.internal.client;

import io.eric.Channel;
import io.eric.EricException;
import io.eric.Ids;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.Payload;
import io.eric.Position;
import io.eric.PublishOptions;
import io.eric.ReadOptions;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Taken;
import io.eric.internal.protocol.Command;
import io.eric.log.Entry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Channel} that may live anywhere: in this JVM or, over the event bus, at another node.
 * For any thread.
 */
public final class ChannelHandle implements Channel {

  private final Vertx vertx;
  private final String id;
  private final @Nullable Function<Message, JsonObject> adapt;
  private final int retryMs;
  private final BusClient client;
  private final Map<String, Registered> registered = new ConcurrentHashMap<>();

  /** The last failure of each listener's own {@code onMessage}. */
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();

  /**
   * Creates a handle; the channel need not exist.
   *
   * @param adapt converts messages to what streams of this handle show; null to show them as the
   *     channel does
   * @param retryMs the {@code retry} that plain streams show, in milliseconds
   */
  public ChannelHandle(
      Vertx vertx, String id, @Nullable Function<Message, JsonObject> adapt, int retryMs) {
    this.vertx = vertx;
    this.id = id;
    this.adapt = adapt;
    this.retryMs = retryMs;
    this.client = new BusClient(vertx);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Future<Position> publish(Message message, PublishOptions options) {
    Command.Publish publish;
    try {
      publish =
          new Command.Publish(
              id,
              options.receiver(),
              message.type(),
              Payload.of(message.payload()),
              Command.checkedKey(options.key()),
              message.sender());
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return client
        .publish(id, List.of(publish), options.timeout())
        .compose(
            published -> {
              Outcome outcome = published.outcomes().get(0);
              return outcome.succeeded()
                  ? Future.succeededFuture(new Position(published.epoch(), outcome.sequence()))
                  : Future.failedFuture(outcome.failure());
            });
  }

  @Override
  public WriteStream<Message> publisher(PublishOptions options) {
    if (options.key() != null) {
      throw new IllegalArgumentException("a key names one message, a publisher sends many");
    }
    return new PublishingStream(message -> publish(message, options));
  }

  @Override
  public MessageStream<Message> read(ReadOptions options) {
    return new PullStream<>(
        vertx,
        client,
        id,
        options.listener(),
        options.start(),
        () -> true,
        true,
        new PublishedForm());
  }

  @Override
  public Future<MessageQueueListener> addListener() {
    return client.command(new Command.AddListener(id, null)).map(added -> remote((String) added));
  }

  /**
   * Returns a listener object that only represents the listener: starting and stopping it takes
   * place at the channel.
   */
  private MessageQueueListener remote(String listenerId) {
    MessageQueueListener listener = new MessageQueueListener(listenerId);
    listener.registered(run -> run(listenerId, run));
    return listener;
  }

  private MessageQueueListener remote(String listenerId, ListenerStatus connection) {
    MessageQueueListener listener = new MessageQueueListener(listenerId);
    if (connection.state() != ListenerStatus.State.STOPPED) {
      listener.start(); // the listener is running, and the channel is not told
    }
    listener.registered(run -> run(listenerId, run));
    return listener;
  }

  private Future<Void> run(String listenerId, boolean run) {
    return run
        ? client.<String>ask(id, new ChannelRequest.StartListener(listenerId)).mapEmpty()
        : client.command(new Command.Stop(id, listenerId)).mapEmpty();
  }

  @Override
  public Future<Void> registerListener(MessageQueueListener listener) {
    MessageConsumer<ChannelResponse.HookCall> hook = null;
    if (listener.observesMessages()) {
      hook = vertx.eventBus().localConsumer("eric.hook." + Ids.random());
      hook.handler(
          call ->
              observe(listener, call.body())
                  .onSuccess(done -> call.reply(null))
                  .onFailure(
                      e -> {
                        failures.put(listener.id(), e);
                        call.fail(500, String.valueOf(e.getMessage()));
                      }));
    }
    MessageConsumer<ChannelResponse.HookCall> registeredHook = hook;
    String address = hook == null ? null : hook.address();
    return client
        .<String>ask(
            id, new ChannelRequest.RegisterListener(listener.id(), address, listener.isRunning()))
        .<Void>mapEmpty()
        .onSuccess(
            done -> {
              listener.registered(run -> run(listener.id(), run));
              registered.put(listener.id(), new Registered(listener, registeredHook));
            })
        .onFailure(
            e -> {
              if (registeredHook != null) {
                registeredHook.unregister();
              }
            });
  }

  /** Forgets the listeners that were registered here, because the channel is closed. */
  public void close() {
    registered.keySet().forEach(this::forget);
  }

  private void forget(String listenerId) {
    failures.remove(listenerId);
    Registered own = registered.remove(listenerId);
    if (own != null && own.hook != null) {
      own.hook.unregister();
    }
  }

  private static Future<Void> observe(
      MessageQueueListener listener, ChannelResponse.HookCall call) {
    try {
      return listener.onMessage(call.entry().toMessage(call.epoch()));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Void> removeListener(String listenerId) {
    return client
        .command(new Command.RemoveListener(id, listenerId))
        .<Void>mapEmpty()
        .onSuccess(done -> forget(listenerId));
  }

  @Override
  public Future<MessageQueueListener> getListener(String listenerId) {
    Registered own = registered.get(listenerId);
    Command.FindListener find;
    try {
      find = new Command.FindListener(id, Command.checkedListener(listenerId));
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return client
        .command(find)
        .map(
            found -> {
              ListenerStatus connection = connection(((JsonArray) found).getJsonObject(0));
              return own == null ? remote(listenerId, connection) : own.listener;
            });
  }

  @Override
  public Future<Message> deliverNext(String listenerId) {
    failures.remove(listenerId);
    return client
        .<Taken>askLong(id, new ChannelRequest.TakeNext(listenerId))
        .map(taken -> taken.entry().toMessage(taken.epoch()))
        .recover(
            e -> {
              Throwable own = failures.remove(listenerId); // the failure of onMessage itself
              return Future.failedFuture(own == null ? e : own);
            });
  }

  @Override
  public MessageStream<JsonObject> messageStream(MessageQueueListener listener) {
    return shown(listener.id(), listener::isRunning);
  }

  @Override
  public MessageStream<JsonObject> watch() {
    return shown(null, () -> true);
  }

  private MessageStream<JsonObject> shown(@Nullable String listenerId, BooleanSupplier mayOpen) {
    return new PullStream<>(
        vertx, client, id, listenerId, null, mayOpen, adapt != null, new ShownForm());
  }

  /** Shows messages as they were published. */
  private static final class PublishedForm implements PullStream.Form<Message> {

    @Override
    public Message message(Entry entry, String epoch) {
      return entry.toMessage(epoch);
    }

    @Override
    public Message last(Entry entry, String epoch, int retryMs) {
      return entry.toMessage(epoch);
    }
  }

  /** Shows messages as the channel does. */
  private final class ShownForm implements PullStream.Form<JsonObject> {

    @Override
    public JsonObject message(Entry entry, String epoch) {
      return show(entry, epoch);
    }

    @Override
    public JsonObject last(Entry entry, String epoch, int retryMs) {
      JsonObject last = show(entry, epoch);
      return retryMs > 0 ? last.put("retry", retryMs) : last;
    }
  }

  private JsonObject show(Entry entry, String epoch) {
    JsonObject shown;
    if (adapt == null || Message.isReserved(entry.type())) {
      shown =
          new JsonObject()
              .put("event", entry.type())
              .put("retry", retryMs)
              .put("data", entry.payload().value());
    } else {
      try {
        shown = adapt.apply(entry.toMessage(epoch));
      } catch (RuntimeException e) {
        shown = notAdapted(entry, epoch, e);
      }
    }
    return shown.put("id", new Position(epoch, entry.sequence()).toString());
  }

  /** Returns the item that stands for a message whose {@code adapt} failed. */
  private static JsonObject notAdapted(Entry entry, String epoch, RuntimeException failure) {
    return new JsonObject()
        .put("event", Message.ERROR)
        .put(
            "data",
            new JsonObject()
                .put("error", "ListenerFailure")
                .put("message", String.valueOf(failure.getMessage()))
                .put("id", new Position(epoch, entry.sequence()).toString()));
  }

  @Override
  public Future<List<ListenerStatus>> getConnections() {
    return client.listAll(id).map(ChannelHandle::connections);
  }

  @Override
  public Future<List<ListenerStatus>> getConnections(@Nullable String after, int limit) {
    Command.ListAll list;
    try {
      list = Command.ListAll.checked(id, after, (long) limit, null);
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return client.list(list).map(part -> connections(part.items()));
  }

  private static List<ListenerStatus> connections(Iterable<Object> items) {
    List<ListenerStatus> connections = new ArrayList<>();
    for (Object item : items) {
      connections.add(connection((JsonObject) item));
    }
    return connections;
  }

  private static ListenerStatus connection(JsonObject json) {
    Position position = Position.parse(json.getString("position"));
    return new ListenerStatus(
        json.getString("listener"),
        ListenerStatus.State.of(json.getString("state")),
        position == null ? new Position("", 0) : position,
        json.getLong("lag"));
  }

  /**
   * A listener object of this handle and the consumer through which the channel calls its {@code
   * onMessage}.
   */
  private record Registered(
      MessageQueueListener listener, @Nullable MessageConsumer<ChannelResponse.HookCall> hook) {}
}
