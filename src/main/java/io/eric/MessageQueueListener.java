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

  /** Creates a listener with a random id. */
  public MessageQueueListener() {
    this(Ids.random());
  }

  /**
   * Creates a listener with an id of your choice.
   *
   * @throws InvalidMessageFormatException if the id is malformed
   */
  public MessageQueueListener(String id) {
    this.id = Ids.check("listener", id);
  }

  /** Returns the listener's id, which is unique in its channel. */
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
   * @return completed when the channel knows, or at once if the listener is not registered yet
   */
  public Future<Void> start() {
    return set(true);
  }

  /**
   * Ends the listener's stream. The queue keeps collecting.
   *
   * @return completed when the channel knows; at once if the listener is not registered yet
   */
  public Future<Void> stop() {
    return set(false);
  }

  /** Returns whether the listener was started and not stopped since. */
  public final boolean isRunning() {
    return running;
  }

  /**
   * Returns whether {@link #onMessage} has to be called for each message. The streams of such a
   * listener cannot share their bytes with other streams. This method returns true for every
   * subclass; a subclass that does not override {@code onMessage} may return false. It is called
   * once, when the listener is registered.
   */
  public boolean observesMessages() {
    return getClass() != MessageQueueListener.class;
  }

  /**
   * Sets the function to call when the listener is started (true) or stopped (false). The channel
   * or handle that registers this listener calls this method.
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
