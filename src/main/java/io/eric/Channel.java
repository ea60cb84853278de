package io.eric;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel, wherever it lives: a handle that works from any verticle and any thread. Get one from
 * {@link EricClient}, or by extending {@code AbstractChannel}.
 *
 * <p>Futures complete on the caller's context. They fail with the exceptions of this package:
 * {@link InvalidChannelException} when the channel is gone, {@link UnavailableException} when it
 * does not answer in time (then the outcome is unknown: repeat with the same key).
 *
 * <p>{@link #publish} and {@link #read} are the interface for programs. The other methods carry the
 * names of the Python library eric-sse and are defined by these two where they can be.
 */
public interface Channel {

  /** Returns the channel's id. */
  String id();

  /**
   * Publishes as {@link #publish(Message, PublishOptions)} does, to all listeners and without a
   * key.
   */
  default Future<Position> publish(Message message) {
    return publish(message, PublishOptions.BROADCAST);
  }

  /**
   * Appends a message to the channel's log. It is for one listener, or for all listeners, those
   * that are not started included.
   *
   * @return the message's position, when it is in the log as durably as the hub's store makes it;
   *     fails with {@link InvalidMessageFormatException}, {@link PayloadTooLargeException}, {@link
   *     LogFullException}, or {@link InvalidListenerException} if there is no such receiver
   */
  Future<Position> publish(Message message, PublishOptions options);

  /**
   * Returns a stream as {@link #publisher(PublishOptions)} does, whose messages are for all
   * listeners.
   */
  default WriteStream<Message> publisher() {
    return publisher(PublishOptions.BROADCAST);
  }

  /**
   * Returns a stream into the channel, for {@code pipeTo}. It publishes what is written to it, in
   * order. It is full while 1,024 messages, or as many as {@code setWriteQueueMaxSize} says, are
   * not acknowledged. A message that is refused fails its {@code write}, is told to the exception
   * handler and fails {@code end} too, but what is written afterwards is still published. A {@code
   * pipeTo} fails with the first failed write and stops there, as a pipe of Vert.x does: its source
   * is a stream that is no longer read, so close it. To go on after a refusal, write each message
   * yourself and handle the future of its {@code write}.
   *
   * <p>What a stream of another channel says of itself concerns the reader of that stream: messages
   * of the types {@link Message#GAP}, {@link Message#TAKEN_OVER} and {@link Message#CHANNEL_CLOSED}
   * are left out, and their {@code write} succeeds. Any other reserved type is refused.
   *
   * @param options for every message; without a key, because a key names one message
   * @throws IllegalArgumentException if there is a key
   */
  WriteStream<Message> publisher(PublishOptions options);

  /**
   * Returns the messages of a listener or watcher, each with its {@link Message#id() id}. The hub's
   * own news are messages of reserved types: {@link Message#GAP}, {@link Message#TAKEN_OVER},
   * {@link Message#CHANNEL_CLOSED}. If the messages cannot be read, for instance because the
   * listener does not exist, the stream calls its exception handler and ends. It does the same
   * before a message that exceeds a limit of Vert.x's JSON parser and therefore cannot be decoded;
   * doors send such a message on as it is.
   *
   * @return a stream that opens when its handler is set. On the context that called this method, a
   *     watcher has what is published next. From another thread, wait for {@link
   *     MessageStream#attached} before you publish
   */
  MessageStream<Message> read(ReadOptions options);

  /** Publishes as {@link #publish(Message)} does, and gives the position as a text. */
  default Future<String> broadcast(Message message) {
    return publish(message).map(Position::toString);
  }

  /**
   * Publishes for one listener as {@link #publish(Message, PublishOptions)} does, and gives the
   * position as a text.
   *
   * @throws NullPointerException if the listener's id is null
   */
  default Future<String> dispatch(String listenerId, Message message) {
    return publish(message, PublishOptions.to(listenerId)).map(Position::toString);
  }

  /** Adds a listener, which is not started. Its queue collects from now on. */
  Future<MessageQueueListener> addListener();

  /**
   * Adds a listener of your own, see {@link MessageQueueListener}. A listener that was started
   * before is started at the channel too.
   *
   * @return fails with {@link InvalidListenerException} if the id is taken
   */
  Future<Void> registerListener(MessageQueueListener listener);

  /** Removes a listener with its queue, and ends its stream. */
  Future<Void> removeListener(String listenerId);

  /**
   * Returns a listener. It is the object that was registered here, or else an object that can start
   * and stop the listener.
   *
   * @return fails with {@link InvalidListenerException} if there is none
   */
  Future<MessageQueueListener> getListener(String listenerId);

  /**
   * Takes the next message of a started listener that has no stream.
   *
   * @return fails with {@link NoMessagesException} if no message waits or the listener is stopped.
   *     If {@link MessageQueueListener#onMessage} fails, the future fails with its exception, and
   *     the message stays and is taken again
   */
  Future<Message> deliverNext(String listenerId);

  /**
   * Returns the listener's messages in the form that the channel's {@code adapt} gives them, with
   * their {@code id}. Queued messages come first. The stream of a stopped listener ends at once.
   */
  MessageStream<JsonObject> messageStream(MessageQueueListener listener);

  /**
   * Returns a watcher's messages in the form that {@code adapt} gives them: the broadcasts that are
   * published after the stream is {@linkplain MessageStream#attached attached}.
   */
  MessageStream<JsonObject> watch();

  /** Lists the listeners and their positions, in order of creation. Watchers are not listed. */
  Future<List<ListenerStatus>> getConnections();

  /**
   * Lists a part of {@link #getConnections()}, because a channel may have a hundred thousand
   * listeners.
   *
   * @param after the id of the listener after which the part begins; null to begin with the first
   * @param limit the greatest number of listeners, 1 to 10,000
   * @return fewer listeners than {@code limit} at the end of the list; fails with {@link
   *     InvalidListenerException} if there is no listener {@code after} (any more)
   */
  Future<List<ListenerStatus>> getConnections(@Nullable String after, int limit);
}
