package io.eric.channel;

import io.eric.RepositoryException;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.MemoryStorage;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A user's own store, whose appends wait until the test completes or fails them. */
public final class SlowStore implements MessageStore {

  private final BlockingQueue<Append> appends = new LinkedBlockingQueue<>();
  private final BlockingQueue<Runnable> reads = new LinkedBlockingQueue<>();
  private volatile boolean holdsReads;
  private final AtomicInteger underWay = new AtomicInteger();

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    return Future.succeededFuture(ChannelLog.create("epoch", retention, new Storage()));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Waits for the next append. */
  public Append next() {
    try {
      Append append = appends.poll(60, TimeUnit.SECONDS);
      if (append == null) {
        throw new AssertionError("no append");
      }
      return append;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How many appends wait: one at most, since a log has one writer. */
  public int underWay() {
    return underWay.get();
  }

  /** One append that waits. */
  public final class Append {
    final List<Entry> batch;
    private final Context context;
    private final Promise<List<Entry>> done;

    private Append(List<Entry> batch, Context context, Promise<List<Entry>> done) {
      this.batch = batch;
      this.context = context;
      this.done = done;
    }

    /** The store has it. */
    public void complete() {
      underWay.decrementAndGet();
      context.runOnContext(v -> done.complete(batch));
    }

    void fail() {
      underWay.decrementAndGet();
      context.runOnContext(v -> done.fail(new RepositoryException("disk full", null)));
    }
  }

  /** From now on reads wait until {@link #letRead}. */
  public void holdReads() {
    holdsReads = true;
  }

  /** Waits for the next read and lets it go, and all later ones. */
  public void letRead() {
    holdsReads = false;
    try {
      Runnable read = reads.poll(60, TimeUnit.SECONDS);
      if (read == null) {
        throw new AssertionError("no read");
      }
      read.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How many reads are held. */
  public int heldReads() {
    return reads.size();
  }

  private final class Storage extends MemoryStorage {
    @Override
    public Future<List<Entry>> append(List<Entry> batch) {
      underWay.incrementAndGet();
      Promise<List<Entry>> done = Promise.promise();
      appends.add(new Append(batch, Vertx.currentContext(), done));
      return done.future();
    }

    @Override
    public Future<List<Entry>> load(List<Entry> contents) {
      Promise<List<Entry>> loaded = Promise.promise();
      Context context = Vertx.currentContext();
      Runnable read = () -> context.runOnContext(v -> loaded.complete(contents));
      if (holdsReads) {
        reads.add(read);
      } else {
        read.run();
      }
      return loaded.future();
    }
  }
}
