package io.eric.channel.internal.core;

import io.eric.EricException;
import io.eric.Payload;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.readers.EdgeSession;
import io.eric.channel.internal.readers.StreamAttachment;
import io.eric.internal.Loop;
import io.eric.internal.client.ConsumerLink;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.Command.Publish;
import io.eric.internal.protocol.StreamState;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A channel on a node of the simulated network: all of it but its address on an event bus. */
public final class SimulatedOwner {

  /** For those who come back with an old position. */
  public static final RetentionOptions KEEPS_ALL =
      new RetentionOptions(1_000_000, 1L << 30, 315_360_000_000L, 1_000_000, 1L << 30, 0);

  /** What all have acknowledged is gone. */
  public static final RetentionOptions KEEPS_UNREAD =
      new RetentionOptions(0, 0, 0, 1_000_000, 1L << 30, 0);

  private static final Set<String> CHANGES =
      Set.of("commit", "register", "forget", "trim", "dropOldest", "dropOldestOf");

  private final String id;
  private final OpenChannel channel;
  private final RequestTable commands = new RequestTable();
  private final ChannelLife life;
  private final FencedLog log;

  /** A log that several owners have one after the other. */
  public static MessageLog newLog(String id, RetentionOptions retention) {
    return MemoryStore.create().open(id, retention).result();
  }

  /**
   * Opens the channel.
   *
   * @param retention what its log was opened with
   * @param appended is told of what has come into the log
   * @param slow how long its log takes for an append or a read, in milliseconds
   */
  public SimulatedOwner(
      String id,
      MessageLog log,
      RetentionOptions retention,
      Consumer<List<Entry>> appended,
      long term,
      Loop loop,
      EdgeLink edges,
      Meters meters,
      long slow,
      Supplier<Future<Void>> proof) {
    this.id = id;
    this.log = new FencedLog(log, appended, loop, slow);
    this.life =
        new ChannelLife(
            (state, event) -> meters.stateErrors().report("channel " + id, state, event));
    life.open();
    this.channel =
        new OpenChannel(
            new OpenChannel.Surroundings(loop, edges, new NoConsumers(), meters),
            id,
            new SSEChannelOptions().setRetention(retention),
            0,
            this.log.proxy(),
            LogBudget.unlimited(),
            entry -> entry,
            life);
    StreamCommands.addTo(commands, channel);
    channel.ownedIn(term);
    channel.provenBy(proof);
    life.opened();
  }

  /** Whether another node owns the channel by now: its log takes nothing more from this one. */
  public void fence() {
    log.fenced = true;
  }

  /** Stops serving, as a former owner does. */
  public void leave(boolean inOrder) {
    if (life.leave()) {
      channel.leave(inOrder);
    }
  }

  /** Adds a listener. */
  public void add(String listener) {
    channel.keepAdded(channel.add(listener));
  }

  /** Publishes to all, or to one. */
  public void publish(String receiver, String text) {
    channel.appender.publish(
        List.of(new Publish(id, receiver, "t", Payload.of(text), null, null)), published -> {});
  }

  /** Takes a question as the channel's address does. */
  @SuppressWarnings("unchecked") // what edges ask is answered by responses
  public Future<? extends ChannelResponse> answer(ChannelRequest question) {
    try {
      return (Future<? extends ChannelResponse>)
          Objects.requireNonNull(commands.answer(question), () -> "nobody asks " + question);
    } catch (EricException refused) {
      return Future.failedFuture(refused);
    }
  }

  /** Takes what edges tell. */
  public void told(ChannelRequest news) {
    if (!commands.take(news)) {
      throw new IllegalArgumentException("nobody tells " + news);
    }
  }

  /** What it takes its streams to do: "edge number: state". */
  public List<String> streams() {
    List<String> all = new ArrayList<>();
    for (EdgeSession edge : channel.edges.all()) {
      edge.streams.forEach(
          (number, listener) -> {
            StreamAttachment stream = listener.stream();
            StreamState state = stream == null ? null : stream.state();
            all.add(edge.address + " " + number + ": " + state);
          });
    }
    return all;
  }

  /** How many listeners it has, watchers and all. */
  public int listeners() {
    return channel.listeners.all().size();
  }

  private static final class NoConsumers implements ConsumerLink {
    @Override
    public Future<?> deliver(String address, JsonObject message, long timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void tell(String address, JsonObject message) {
      throw new UnsupportedOperationException();
    }
  }

  /** The log as one owner sees it: slow, and closed to it when another one has it. */
  private static final class FencedLog {
    private final MessageLog log;
    private final Consumer<List<Entry>> appended;
    private final Loop loop;
    private final long slow;
    private boolean fenced;

    private FencedLog(MessageLog log, Consumer<List<Entry>> appended, Loop loop, long slow) {
      this.log = log;
      this.appended = appended;
      this.loop = loop;
      this.slow = slow;
    }

    private MessageLog proxy() {
      return (MessageLog)
          Proxy.newProxyInstance(
              MessageLog.class.getClassLoader(),
              new Class<?>[] {MessageLog.class},
              (proxy, method, args) -> {
                String name = method.getName();
                if (name.equals("append")) {
                  @SuppressWarnings("unchecked")
                  List<Entry> batch = (List<Entry>) args[0];
                  return later(
                      () ->
                          fenced
                              ? refused()
                              : log.append(batch).onSuccess(done -> appended.accept(batch)),
                      true);
                }
                if (fenced && CHANGES.contains(name)) {
                  return method.getReturnType() == Future.class ? Future.succeededFuture() : null;
                }
                try {
                  Object result = method.invoke(log, args);
                  return name.equals("read") ? later(() -> (Future<?>) result, false) : result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private static Future<Void> refused() {
      return Future.failedFuture(new RepositoryException("another node has the log", null));
    }

    private Future<Object> later(Supplier<Future<?>> action, boolean always) {
      long ms = slow == 0 ? 0 : loop.random(slow + 1);
      if (ms == 0 && !always) {
        return action.get().map(done -> (Object) done);
      }
      Promise<Object> done = Promise.promise();
      loop.after(
          ms,
          () ->
              action
                  .get()
                  .map(result -> (Object) result)
                  .recover(e -> Future.failedFuture(new UnavailableException(String.valueOf(e))))
                  .onComplete(done));
      return done.future();
    }
  }
}
