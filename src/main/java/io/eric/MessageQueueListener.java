package io.eric;

import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a channel. Its queue collects from the moment it is registered; what it gets is taken
 * out by a stream, by {@link Channel#deliverNext} or by a consumer on the event bus, and only while
 * it is started.
 *
 * <p>Override {@link #onMessage} to see each message before it is yielded. A listener that does not
 * is on the fast path, where streams share their bytes.
 */
public class MessageQueueListener {

  private final String id;
  private volatile boolean running;
  private volatile @Nullable Function<Boolean, Future<Void>> registration;

  /** A listener with a random id. */
  public MessageQueueListener() {
    this(Ids.random());
  }

  /**
   * A listener with an id of its own.
   *
   * @throws InvalidMessageFormatException if the id is malformed
   */
  public MessageQueueListener(String id) {
    this.id = Ids.check("listener", id);
  }

  /** The listener's id, unique in its channel. */
  public final String id() {
    return id;
  }

  /**
   * Called for each message before it is yielded, in order, the next one when the returned future
   * has completed; on the context that registered the listener. It must not block.
   *
   * @return a failed future (or a thrown exception) is reported in place of the message as {@code
   *     _eric_error}
   */
  public Future<Void> onMessage(Message message) {
    return Future.succeededFuture();
  }

  /**
   * Lets messages be taken out.
   *
   * @return completed when the channel knows; at once if the listener is not registered yet
   */
  public Future<Void> start() {
    return set(true);
  }

  /**
   * Ends the listener's stream; its queue keeps collecting.
   *
   * @return completed when the channel knows; at once if the listener is not registered yet
   */
  public Future<Void> stop() {
    return set(false);
  }

  /** Whether the listener was started and not stopped since. */
  public final boolean isRunning() {
    return running;
  }

  /** Whether {@link #onMessage} is overridden, so that it has to be called. */
  public final boolean observesMessages() {
    try {
      return getClass().getMethod("onMessage", Message.class).getDeclaringClass()
          != MessageQueueListener.class;
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * For the channel or handle that registers this listener: what to call when it is started (true)
   * or stopped (false).
   */
  public final void registered(Function<Boolean, Future<Void>> registration) {
    this.registration = registration;
  }

  private Future<Void> set(boolean run) {
    running = run;
    Function<Boolean, Future<Void>> tell = registration;
    return tell == null ? Future.succeededFuture() : tell.apply(run);
  }
}
