package io.eric.prefab;

import io.eric.Channel;
import io.eric.EricException;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of an application whose parts talk by messages, wherever in the cluster they live. For
 * each message it runs the action that is set for the message's type; the action's answers go back
 * to the sender, signed by this listener. A message of type {@value #START} or {@value #STOP}
 * starts or stops the listener, and is delivered like any other.
 *
 * <p>Register it before use: by {@link SimpleDistributedApplicationChannel#registerListener} where
 * the channel lives, or by {@link #joinTo} with any handle. As with every listener, its messages
 * are processed only while they are taken out, by a stream or by {@link Channel#deliverNext}. Its
 * methods may be called from any thread; its actions run on the context that registered it.
 *
 * <p>If an action fails, or there is none for a type, the sender gets an {@code _eric_error} with
 * {@code {"error", "message", "id"}}, where {@code id} is the position of the message that could
 * not be processed; the listener goes on. To see such reports of others, set an action for {@link
 * Message#ERROR}. A report is never answered by another report.
 */
public class SimpleDistributedApplicationListener extends MessageQueueListener {

  /** The reserved action that starts the listener. */
  public static final String START = "start";

  /** The reserved action that stops the listener. */
  public static final String STOP = "stop";

  private static final Logger logger =
      LoggerFactory.getLogger(SimpleDistributedApplicationListener.class);

  private final Map<String, Function<Message, Future<List<Message>>>> actions =
      new ConcurrentHashMap<>();
  private volatile @Nullable Channel channel;

  /** Creates a listener with a random id. */
  public SimpleDistributedApplicationListener() {}

  /**
   * Creates a listener with this id, which must be unique in its channel.
   *
   * @throws io.eric.InvalidMessageFormatException if the id is malformed
   */
  public SimpleDistributedApplicationListener(String id) {
    super(id);
  }

  /**
   * Sets the action for messages of a type, in place of a former one. The action runs on the
   * context that registered the listener and must not block; see {@link #setAsyncAction}.
   *
   * @param name the type
   * @param action returns the answers to the sender, in order; an empty list for none
   * @throws IllegalArgumentException if the name is reserved: {@value #START}, {@value #STOP}, and
   *     names that start with {@code _eric_}, except {@link Message#ERROR}
   */
  public void setAction(String name, Function<Message, List<Message>> action) {
    setAsyncAction(name, message -> Future.succeededFuture(action.apply(message)));
  }

  /**
   * Sets an action as {@link #setAction} does, but one whose answers come later. The listener's
   * next message is processed when the answers have come; they have 30 s for that.
   */
  public void setAsyncAction(String name, Function<Message, Future<List<Message>>> action) {
    boolean reserved = name.equals(START) || name.equals(STOP) || Message.isReserved(name);
    if (reserved && !name.equals(Message.ERROR)) {
      throw new IllegalArgumentException(
          "the action "
              + name
              + " is reserved: choose a name other than start, stop and what starts with _eric_");
    }
    actions.put(Message.of(name, null).type(), action);
  }

  /**
   * Registers this listener with a channel, by any handle on it.
   *
   * @return fails with {@link InvalidListenerException} if its id is taken, with {@link
   *     IllegalStateException} if it is registered with another channel
   */
  public Future<Void> joinTo(Channel channel) {
    return register(channel, () -> channel.registerListener(this));
  }

  /**
   * Registers this listener in the way given. The channel is set before, so that it is known when
   * the first message comes.
   */
  final Future<Void> register(Channel with, Supplier<Future<Void>> registration) {
    synchronized (this) {
      Channel joined = channel;
      if (joined == with) {
        return registration.get(); // by joinTo, or a repeat that the channel will refuse
      }
      if (joined != null) {
        return Future.failedFuture(
            new IllegalStateException(
                "listener " + id() + " is registered with channel " + joined.id() + " already"));
      }
      channel = with;
    }
    return registration.get().onFailure(e -> channel = null);
  }

  /**
   * Sends a message to another listener of the channel, signed by this one.
   *
   * @return the message's position; fails with {@link IllegalStateException} if this listener is
   *     not registered, with {@link InvalidListenerException} if there is no such receiver
   */
  public Future<String> dispatchTo(MessageQueueListener receiver, Message message) {
    return dispatchTo(receiver.id(), message);
  }

  /**
   * Sends a message as {@link #dispatchTo(MessageQueueListener, Message)} does, for a caller that
   * knows only the receiver's id.
   */
  public Future<String> dispatchTo(String receiverId, Message message) {
    Channel joined = channel;
    if (joined == null) {
      return Future.failedFuture(
          new IllegalStateException(
              "listener "
                  + id()
                  + " is not registered: call registerListener of its channel, or joinTo, first"));
    }
    return joined.dispatch(receiverId, message.signedBy(id()));
  }

  /**
   * Runs the action for the message's type, or starts or stops the listener.
   *
   * @return completed when the answers are in the channel's log; does not fail because of an action
   */
  @Override
  public Future<Void> onMessage(Message message) {
    return switch (message.type()) {
      case START -> start();
      case STOP -> stop();
      default -> act(message);
    };
  }

  private Future<Void> act(Message message) {
    Function<Message, Future<List<Message>>> action = actions.get(message.type());
    if (action == null) {
      return Message.isReserved(message.type())
          ? Future.succeededFuture()
          : report(message, "UnknownAction", "listener " + id() + " has no such action");
    }
    Future<List<Message>> answers;
    try {
      answers = action.apply(message);
    } catch (RuntimeException e) {
      answers = Future.failedFuture(e);
    }
    return answers
        .compose(messages -> answer(message, messages))
        .recover(failure -> failed(message, failure));
  }

  private Future<Void> answer(Message message, List<Message> answers) {
    String sender = message.sender();
    if (sender == null) {
      if (!answers.isEmpty()) {
        logger.debug("listener {} has answers to a message without sender", id());
      }
      return Future.succeededFuture();
    }
    List<Future<String>> sent = new ArrayList<>(answers.size());
    for (Message answer : answers) {
      sent.add(dispatchTo(sender, answer));
    }
    return Future.join(sent)
        .<Void>mapEmpty()
        .recover(
            failure -> {
              if (failure instanceof InvalidListenerException) {
                logger.debug("the sender of a message to listener {} is gone", id());
                return Future.succeededFuture();
              }
              return Future.failedFuture(failure);
            });
  }

  private Future<Void> failed(Message message, Throwable failure) {
    logger.warn("an action of listener {} failed", id(), failure);
    String name = failure instanceof EricException eric ? eric.name() : "ListenerFailure";
    String text = failure.getMessage();
    return report(message, name, text == null ? "the action failed" : text);
  }

  /** Tells the sender that its message could not be processed. */
  private Future<Void> report(Message message, String error, String text) {
    String sender = message.sender();
    if (sender == null || Message.isReserved(message.type())) {
      logger.debug("listener {} has nobody to tell of a failure: {}", id(), error);
      return Future.succeededFuture();
    }
    JsonObject payload =
        new JsonObject().put("error", error).put("message", text).put("id", message.id());
    return dispatchTo(sender, Message.of(Message.ERROR, payload))
        .<Void>mapEmpty()
        .recover(
            e -> {
              logger.debug("listener {} could not report a failure to its sender", id(), e);
              return Future.succeededFuture();
            });
  }
}
