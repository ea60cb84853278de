package io.eric;

import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a channel. Its queue collects messages from the moment the listener is registered.
 * They are taken out by a stream, by {@link Channel#deliverNext} or by a consumer on the event bus,
 * and only while the listener is started.
 *
 * <p>Extend the class and override {@link #onMessage} to see each message before it is yielded. For
 * any thread.
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
   * Handles each message before it is yielded. The channel calls this method in order, on the
   * context that registered the listener, and for the next message when the returned future has
   * completed. The method must not block.
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

  /**
   * Whether {@link #onMessage} has to be called for each message, which keeps the listener's
   * streams from sharing their bytes with others. True for every subclass; one that does not
   * override {@code onMessage} may answer false. Asked once, when the listener is registered.
   */
  public boolean observesMessages() {
    return getClass() != MessageQueueListener.class;
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
