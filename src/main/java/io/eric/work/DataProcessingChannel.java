package io.eric.work;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.Payload;
import io.eric.Position;
import io.eric.channel.AbstractChannel;
import io.eric.channel.internal.core.ChannelExtension;
import io.eric.channel.internal.core.OpenChannel;
import io.eric.channel.internal.readers.Listener;
import io.eric.internal.CallersContext;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.Command.Publish;
import io.eric.options.DataProcessingChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose messages are work. The queue of a listener is processed by several workers at
 * once, on threads of this JVM and by workers anywhere on the event bus ({@link
 * DataProcessingWorker}, or a script that sends {@code take} and {@code done}); the results come as
 * one stream, in order of completion.
 *
 * <p>Processing is <b>at least once</b>: the listener's cursor passes a message only when its
 * result was handed to the consumer of the stream, and all before it. After a crash, or when the
 * stream was closed, everything else is in the queue again. A worker on the event bus that has not
 * finished a message within {@code ackTimeout}, nor renewed it, loses it to another one; a message
 * that was lost {@code maxDeliveries} times gives an {@code _eric_error}. A message that fails
 * gives one {@code _eric_error} too, and the others go on.
 *
 * <p>If the consumer does not take its results, workers get no more messages at {@code maxResults};
 * the queue keeps the rest.
 *
 * <p>{@link AbstractChannel} says which threads may call its methods.
 */
public class DataProcessingChannel extends AbstractChannel {

  private final DataProcessingChannelOptions options;
  private final @Nullable ExecutorService executor;
  private final ChannelExtension processing = new Processing();
  private volatile @Nullable Opened opened;

  /** Creates a channel with the default options and a random id. */
  public DataProcessingChannel() {
    this(new DataProcessingChannelOptions());
  }

  /**
   * Creates a channel that processes on threads of its own: virtual ones where the JVM has them (21
   * and later), otherwise as many as {@code maxWorkers}.
   */
  public DataProcessingChannel(DataProcessingChannelOptions options) {
    this(options, null);
  }

  /**
   * Creates a channel that processes on this executor, which the caller shuts down after the
   * channel. Tasks that the executor rejects are offered again; once it is shut down, the
   * processing fails.
   *
   * @param executor null for threads of the channel's own
   */
  public DataProcessingChannel(
      DataProcessingChannelOptions options, @Nullable ExecutorService executor) {
    super(options);
    this.options = options;
    this.executor = executor;
  }

  /**
   * Returns what a result shows of a message that was processed, and what ordinary streams show of
   * any message. It must not block: heavy work belongs into a {@link Processor} or {@link
   * MessageQueueListener#onMessage}. It runs on the channel's context, or on that of a stream of
   * {@link #messageStream} or {@link #watch}, perhaps on several at once.
   *
   * @param message the message; for a result, its payload is what the processor has returned
   */
  @Override
  public JsonObject adapt(Message message) {
    return new JsonObject().put("event", message.type()).put("data", message.payload());
  }

  /**
   * Processes the listener's queue by calling its {@link MessageQueueListener#onMessage} for each
   * message, on the executor, for up to {@code maxWorkers} messages at once; there it may block.
   *
   * <p>The work starts when the stream gets its handler. Each item is what {@link #adapt} gives,
   * with the message's position as its {@code id}. Handlers run on the caller's context. The stream
   * goes on until {@link #notifyEnd} was called and everything before it is done, the listener is
   * stopped or removed, or a stream or consumer takes the listener over. Results that were not
   * handed out then come again next time. The stream yields nothing if the listener is not started.
   *
   * @param listener a listener of this channel
   * @throws IllegalStateException if the channel is not deployed
   */
  public MessageStream<JsonObject> processQueue(MessageQueueListener listener) {
    return process(listener, message -> listener.onMessage(message).map(message));
  }

  /**
   * Processes the listener's queue as {@link #processQueue(MessageQueueListener)} does, but by a
   * processor, which gives a result. {@link MessageQueueListener#onMessage} is not called.
   */
  public MessageStream<JsonObject> processQueue(
      MessageQueueListener listener, Processor processor) {
    return process(listener, message -> processed(processor, message));
  }

  private MessageStream<JsonObject> process(MessageQueueListener listener, LocalWorkers.Work work) {
    Opened now = opened();
    return new ResultStream(vertx, context, listener, new QueueSource(now, listener.id(), work));
  }

  /** Returns the message with the processor's result as its payload. The result may come later. */
  static Future<Message> processed(Processor processor, Message message) throws Exception {
    Object result = processor.process(message);
    return result instanceof Future<?> later
        ? later.map(value -> withPayload(message, value))
        : Future.succeededFuture(withPayload(message, result));
  }

  private static Message withPayload(Message message, @Nullable Object payload) {
    return new Message(message.type(), payload, message.sender(), message.id());
  }

  /**
   * Tells all listeners that nothing more comes: streams of {@link #processQueue} end when
   * everything before is done, with a last event {@code _eric_channel_closed}. The channel stays
   * open; what is published later is for the next {@link #processQueue}.
   *
   * @return the position of the end, when it is in the log; completes on the caller's context and
   *     fails as {@link #broadcast} does
   */
  public Future<String> notifyEnd() {
    Opened now = opened();
    return CallersContext.of(vertx, () -> appendEnd(now));
  }

  private Future<String> appendEnd(Opened now) {
    Promise<String> appended = Promise.promise();
    Publish end = new Publish(id(), null, Message.CHANNEL_CLOSED, Payload.NULL, null, null);
    context.runOnContext(
        v ->
            now.channel.appender.publishOwn(
                end,
                published -> {
                  Outcome outcome = published.outcomes().get(0);
                  String error = outcome.error();
                  if (error == null) {
                    appended.complete(
                        new Position(published.epoch(), outcome.sequence()).toString());
                  } else {
                    appended.fail(
                        Objects.requireNonNull(EricException.parse(outcome.code(), error)));
                  }
                }));
    return appended.future();
  }

  /**
   * Returns how far the processing of a listener's queue is. While the progress changes, it is also
   * published at {@code eric.progress.<channel>/<listener>}, every {@code progressInterval}.
   *
   * @return completes on the caller's context; fails with {@link io.eric.InvalidListenerException}
   *     if there is no such listener
   */
  public Future<ProcessingProgress> progress(String listenerId) {
    Opened now = opened();
    return CallersContext.of(vertx, () -> progress(now, listenerId));
  }

  private Future<ProcessingProgress> progress(Opened now, String listenerId) {
    Promise<ProcessingProgress> answer = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            answer.complete(now.commands.progress(Ids.check("listener", listenerId)));
          } catch (EricException e) {
            answer.fail(e);
          }
        });
    return answer.future();
  }

  @Override
  protected final ChannelExtension extension() {
    return processing;
  }

  private Opened opened() {
    Opened now = opened;
    if (now == null) {
      throw new IllegalStateException("channel " + id() + " is not deployed");
    }
    return now;
  }

  /** Has the parts for processing while the channel is open. */
  private final class Processing implements ChannelExtension {
    @Override
    public void opened(OpenChannel channel) {
      ExecutorService users = executor;
      WorkPool pool =
          users == null
              ? WorkPool.own(vertx, "eric-process-" + id(), options.getMaxWorkers())
              : WorkPool.of(users);
      opened = new Opened(channel, new WorkCommands(vertx, channel, options.getAckTimeout()), pool);
    }

    @Override
    public void closed() {
      Opened now = opened;
      if (now != null) {
        now.pool.close();
      }
    }

    @Override
    public @Nullable Future<?> execute(JsonObject command) {
      return DataProcessingChannel.this.opened().commands.execute(command);
    }
  }

  /** The parts that exist while the channel is deployed. */
  private record Opened(OpenChannel channel, WorkCommands commands, WorkPool pool) {}

  /** Connects one stream of results with its queue. */
  private final class QueueSource implements ResultStream.Source {
    private final Opened now;
    private final String listenerId;
    private final LocalWorkers.Work work;
    private @Nullable WorkQueue queue;
    private boolean closed;

    private QueueSource(Opened now, String listenerId, LocalWorkers.Work work) {
      this.now = now;
      this.listenerId = listenerId;
      this.work = work;
    }

    @Override
    public Future<Void> open(ResultStream stream) {
      Listener listener;
      try {
        listener = now.channel.listeners.get(listenerId);
      } catch (EricException e) {
        return Future.failedFuture(e);
      }
      return now.channel
          .attachDirectly(listener, from -> queue(stream, listener, from))
          .compose(
              attached -> {
                if (closed || queue == null) {
                  return close();
                }
                int workers = options.getMaxWorkers();
                new LocalWorkers(vertx, context, now.pool, workers, queue, work).start();
                return Future.succeededFuture();
              });
    }

    private WorkQueue queue(ResultStream stream, Listener listener, long from) {
      ProgressMeter meter =
          new ProgressMeter(
              vertx,
              Addresses.progress(id(), listenerId),
              options.getProgressInterval(),
              System::currentTimeMillis);
      WorkQueue started =
          new WorkQueue(
              vertx,
              listener,
              from,
              options,
              now.channel.log,
              now.channel,
              DataProcessingChannel.this::adapt,
              stream,
              meter,
              now.commands::closed);
      queue = started;
      now.commands.opened(started, new Leases(vertx, started, options, System::currentTimeMillis));
      return started;
    }

    @Override
    public void handed(List<WorkItem> items) {
      if (queue != null) {
        queue.handed(items);
      }
    }

    @Override
    public Future<Void> close() {
      closed = true;
      WorkQueue mine = queue;
      Listener listener = now.channel.listeners.find(listenerId);
      return mine == null || listener == null
          ? Future.succeededFuture()
          : now.channel.detach(listener, mine);
    }
  }
}
