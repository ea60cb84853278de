package io.eric.internal.client;

import io.eric.Message;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.streams.WriteStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what is written to it, in order, with a bounded window of messages that are not
 * acknowledged. A message that is refused does not stop the stream. For any thread, one at a time;
 * handlers run where the answers come.
 */
public final class PublishingStream implements WriteStream<Message> {

  /** What a hub takes from one connection at once, by default. */
  private static final int DEFAULT_WINDOW = 1024;

  private final Function<Message, Future<?>> publish;
  private int window = DEFAULT_WINDOW;
  private int outstanding;
  private boolean wasFull;
  private @Nullable Throwable firstFailure;
  private @Nullable Promise<Void> ended;
  private @Nullable Handler<Void> drained;
  private @Nullable Handler<Throwable> failed;

  /**
   * A stream of messages.
   *
   * @param publish publishes one; the future completes when it is acknowledged
   */
  public PublishingStream(Function<Message, Future<?>> publish) {
    this.publish = publish;
  }

  /**
   * Publishes a message.
   *
   * @return completed when it is acknowledged; fails with an {@link io.eric.EricException}
   */
  @Override
  public Future<Void> write(Message message) {
    synchronized (this) {
      if (ended != null) {
        return Future.failedFuture(new IllegalStateException("the publisher has ended"));
      }
      outstanding++;
      wasFull |= outstanding >= window;
    }
    return publish.apply(message).<Void>mapEmpty().onComplete(answer -> answered(answer.cause()));
  }

  /**
   * Takes no more.
   *
   * @return completed when everything is answered; fails with the first failure of all, if there
   *     was one
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

  /** How many messages may be unanswered. Default 1024. */
  @Override
  public synchronized PublishingStream setWriteQueueMaxSize(int messages) {
    window = Math.max(1, messages);
    return this;
  }

  @Override
  public synchronized boolean writeQueueFull() {
    return outstanding >= window;
  }

  /** Called when the window was full and half of it is free again. */
  @Override
  public synchronized PublishingStream drainHandler(@Nullable Handler<Void> handler) {
    drained = handler;
    return this;
  }

  /** Called for each message that was refused or whose outcome is unknown. */
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
    if (tellFailed != null && failure != null) {
      tellFailed.handle(failure);
    }
    if (tellDrained != null) {
      tellDrained.handle(null);
    }
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
