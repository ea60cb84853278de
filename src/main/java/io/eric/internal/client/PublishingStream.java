package io.eric.internal.client;

import io.eric.Message;
import io.eric.internal.UserHandler;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.streams.WriteStream;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the messages that are written to it, in order, with a bounded window of unacknowledged
 * messages. A message that is refused does not stop the stream. For any thread; the order is that
 * of the calls. Handlers run on the context or thread where the answers come.
 */
public final class PublishingStream implements WriteStream<Message> {

  /** What the log calls a publisher. */
  private static final String NAME = "a publisher";

  /** The default window, which is what a hub takes from one connection at a time by default. */
  private static final int DEFAULT_WINDOW = 1024;

  /** What a stream of messages says to its reader of itself; no reader of another one needs it. */
  private static final Set<String> LEFT_OUT =
      Set.of(Message.GAP, Message.TAKEN_OVER, Message.CHANNEL_CLOSED);

  private final Function<Message, Future<?>> publish;
  private int window = DEFAULT_WINDOW;
  private int outstanding;

  /** Whether the drain handler is to be called when half of the window is free. */
  private boolean wasFull;

  /** Whether the window has been full since the drain handler was set. */
  private boolean fullSinceSet;

  private @Nullable Throwable firstFailure;
  private @Nullable Promise<Void> ended;
  private @Nullable Handler<Void> drained;
  private @Nullable Handler<Throwable> failed;

  /**
   * Creates a stream of messages.
   *
   * @param publish publishes one message; its future completes when the message is acknowledged
   */
  public PublishingStream(Function<Message, Future<?>> publish) {
    this.publish = publish;
  }

  /**
   * Publishes a message, even if the window is full. Leaves out what a stream of messages says of
   * itself: {@link Message#GAP}, {@link Message#TAKEN_OVER} and {@link Message#CHANNEL_CLOSED}.
   *
   * @return completes when the message is acknowledged; fails with an {@link
   *     io.eric.EricException}, or with an {@link IllegalStateException} after {@link #end}
   */
  @Override
  public Future<Void> write(Message message) {
    synchronized (this) {
      if (ended != null) {
        return Future.failedFuture(new IllegalStateException("the publisher has ended"));
      }
      if (LEFT_OUT.contains(message.type())) {
        return Future.succeededFuture();
      }
      outstanding++;
      noteIfFull();
    }
    Future<?> published;
    try {
      published = publish.apply(message);
    } catch (RuntimeException e) {
      published = Future.failedFuture(e); // else the message would count as under way for ever
    }
    return published.<Void>mapEmpty().onComplete(answer -> answered(answer.cause()));
  }

  private void noteIfFull() {
    if (outstanding >= window) {
      wasFull = true;
      fullSinceSet = true;
    }
  }

  /**
   * Ends the stream, which accepts no more messages. Idempotent.
   *
   * @return completes when all messages are answered; fails with the failure of the first message
   *     that failed, if one did
   */
  @Override
  public Future<Void> end() {
    Promise<Void> end;
    boolean done;
    synchronized (this) {
      end = ended == null ? Promise.promise() : ended;
      ended = end;
      done = outstanding == 0;
    }
    if (done) {
      complete(end);
    }
    return end.future();
  }

  /**
   * Sets how many messages may be unacknowledged before the window is full. The minimum is 1, to
   * which a smaller value is raised; the default is 1024.
   */
  @Override
  public synchronized PublishingStream setWriteQueueMaxSize(int messages) {
    window = Math.max(1, messages);
    noteIfFull();
    return this;
  }

  @Override
  public synchronized boolean writeQueueFull() {
    return outstanding >= window;
  }

  /**
   * Sets the handler that is called when the window was full and half of it is free again. If this
   * has happened since the last handler was set, the new one is called at once, on the caller's
   * thread: the caller may have seen the full window before the answers came.
   */
  @Override
  public PublishingStream drainHandler(@Nullable Handler<Void> handler) {
    boolean missed;
    synchronized (this) {
      drained = handler;
      missed = handler != null && fullSinceSet && !wasFull;
      if (handler != null) {
        fullSinceSet = false;
      }
    }
    if (missed) {
      UserHandler.call(handler, NAME);
    }
    return this;
  }

  /**
   * Sets the handler that is called for each message that was refused or whose outcome is unknown.
   */
  @Override
  public synchronized PublishingStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    failed = handler;
    return this;
  }

  private void answered(@Nullable Throwable failure) {
    Handler<Throwable> tellFailed = null;
    Handler<Void> tellDrained = null;
    Promise<Void> tellEnded = null;
    synchronized (this) {
      outstanding--;
      if (failure != null) {
        firstFailure = firstFailure == null ? failure : firstFailure;
        tellFailed = failed;
      }
      if (wasFull && outstanding <= window / 2) {
        wasFull = false;
        tellDrained = drained;
      }
      if (outstanding == 0) {
        tellEnded = ended;
      }
    }
    if (failure != null) {
      UserHandler.call(tellFailed, failure, NAME);
    }
    UserHandler.call(tellDrained, NAME);
    if (tellEnded != null) {
      complete(tellEnded);
    }
  }

  private void complete(Promise<Void> end) {
    Throwable failure;
    synchronized (this) {
      failure = firstFailure;
    }
    if (failure == null) {
      end.tryComplete();
    } else {
      end.tryFail(failure);
    }
  }
}
