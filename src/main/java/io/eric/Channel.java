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

  /** The channel's id. */
  String id();

  /** As {@link #publish(Message, PublishOptions)}: a broadcast without a key. */
  default Future<Position> publish(Message message) {
    return publish(message, PublishOptions.BROADCAST);
  }

  /**
   * Appends a message to the channel's log: for every listener, those that are not started
   * included, or for one.
   *
   * @return the message's position, when it is in the log as durably as the hub's store makes it;
   *     fails with {@link InvalidMessageFormatException}, {@link PayloadTooLargeException}, {@link
   *     LogFullException}, or {@link InvalidListenerException} if there is no such receiver
   */
  Future<Position> publish(Message message, PublishOptions options);

  /** As {@link #publisher(PublishOptions)}: what is written is broadcast. */
  default WriteStream<Message> publisher() {
    return publisher(PublishOptions.BROADCAST);
  }

  /**
   * A stream into the channel, for {@code pipeTo}: publishes what is written to it, in order. It is
   * full while 1,024 messages, or as many as {@code setWriteQueueMaxSize} says, are not
   * acknowledged. A message that is refused fails its {@code write}, is told to the exception
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
   * The messages of a listener or watcher, each with its {@link Message#id() id}. What the hub
   * itself has to say comes as messages of reserved types: {@link Message#GAP}, {@link
   * Message#TAKEN_OVER}, {@link Message#CHANNEL_CLOSED}. What cannot be read, a listener that does
   * not exist for instance, is told to the exception handler, and the stream ends. So does the
   * stream before a message that cannot be decoded, because a limit of Vert.x's JSON parser is
   * exceeded; doors send such a message on as it is.
   *
   * @return a stream that opens when its handler is set; {@link MessageStream#attached} tells when
   *     the channel knows it
   */
  MessageStream<Message> read(ReadOptions options);

  /** As {@link #publish(Message)}, with the position as a text. */
  default Future<String> broadcast(Message message) {
    return publish(message).map(Position::toString);
  }

  /** As {@link #publish(Message, PublishOptions)} for one listener, with the position as a text. */
  default Future<String> dispatch(String listenerId, Message message) {
    return publish(message, PublishOptions.to(listenerId)).map(Position::toString);
  }

  /** Adds a listener; its queue collects from now on, and it is not started. */
  Future<MessageQueueListener> addListener();

  /**
   * Adds a listener of your own, see {@link MessageQueueListener}. If it was started before, it is
   * started here too.
   *
   * @return fails with {@link InvalidListenerException} if the id is taken
   */
  Future<Void> registerListener(MessageQueueListener listener);

  /** Removes a listener with its queue; its stream ends. */
  Future<Void> removeListener(String listenerId);

  /**
   * A handle on a listener: the object that was registered here, or one that starts and stops it.
   *
   * @return fails with {@link InvalidListenerException} if there is none
   */
  Future<MessageQueueListener> getListener(String listenerId);

  /**
   * Takes the next message of a started listener that has no stream.
   *
   * @return fails with {@link NoMessagesException} if nothing waits or the listener is stopped,
   *     with the exception of {@link MessageQueueListener#onMessage} if that failed (then the
   *     message stays and is taken again)
   */
  Future<Message> deliverNext(String listenerId);

  /**
   * The listener's messages as the channel's {@code adapt} gives them, queued ones first, with
   * {@code id}. A stopped listener's stream yields nothing and ends.
   */
  MessageStream<JsonObject> messageStream(MessageQueueListener listener);

  /**
   * The broadcasts from when the stream is {@linkplain MessageStream#attached attached}, as {@code
   * adapt} gives them, read by a watcher.
   */
  MessageStream<JsonObject> watch();

  /** The listeners and where they stand, in order of creation, watchers left out. */
  Future<List<ListenerStatus>> getConnections();

  /**
   * A part of {@link #getConnections()}: a channel may have a hundred thousand listeners.
   *
   * @param after the id of the listener that it begins after; null to begin with the first
   * @param limit how many at most, 1 to 10,000
   * @return fewer than {@code limit} at the end of the list; fails with {@link
   *     InvalidListenerException} if there is no listener {@code after} (any more)
   */
  Future<List<ListenerStatus>> getConnections(@Nullable String after, int limit);
}
