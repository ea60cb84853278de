package io.eric;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel, wherever it lives: a handle that works from any verticle. Get one from {@code
 * ChannelContainer.get}, {@code EricVerticle.channel}, or by extending {@code AbstractChannel}.
 *
 * <p>Futures complete on the caller's context. They fail with the exceptions of this package:
 * {@link InvalidChannelException} when the channel is gone, {@link UnavailableException} when it
 * does not answer in time (then the outcome is unknown: repeat with the same key).
 */
public interface Channel {

  /** The channel's id. */
  String id();

  /**
   * Appends a message for every listener, those that are not started included.
   *
   * @return the message's position, when it is in the log; fails with {@link
   *     InvalidMessageFormatException}, {@link PayloadTooLargeException} or {@link
   *     LogFullException}
   */
  Future<String> broadcast(Message message);

  /**
   * Appends a message for one listener.
   *
   * @return as {@link #broadcast}; fails with {@link InvalidListenerException} if there is none
   */
  Future<String> dispatch(String listenerId, Message message);

  /** Adds a listener; its queue collects from now on, it is not started. */
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
   * The listener's messages as {@code adapt} gives them, queued ones first, with {@code id}. A
   * stopped listener's stream yields nothing and ends. Pausing the stream stops the reading;
   * nothing piles up here. Dropping it without an end handler is a leak: stop the listener, or
   * close the returned stream by {@link MessageStream#close()}.
   */
  MessageStream messageStream(MessageQueueListener listener);

  /** The broadcasts from now on, read by an anonymous listener that goes with the stream. */
  MessageStream watch();

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

  /** A stream of adapted messages. */
  interface MessageStream extends ReadStream<JsonObject> {

    /** Detaches from the channel; no more items. Idempotent. */
    Future<Void> close();
  }
}
