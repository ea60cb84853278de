package io.eric.bench;

import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.LocalCodec;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to pass one object from a channel to an edge on the same event loop: over the event
 * bus with the local codec, or as directory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LocalHopBenchmark {

  private static final int MESSAGES = 10_000;
  private static final String EDGE = "edge";
  private static final ChannelResponse NEWS = new ChannelResponse.Wake("channel", 1);

  private Vertx vertx;
  private Context context;
  private EdgeDirectory directory;
  private DeliveryOptions local;
  private CountDownLatch arrived;
  private int left;

  /** One event loop with a consumer on it. */
  @Setup
  public void setUp() throws InterruptedException {
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
    directory = new EdgeDirectory(vertx);
    LocalCodec.register(vertx);
    local = LocalCodec.options();
    CountDownLatch registered = new CountDownLatch(1);
    context.runOnContext(
        v -> {
          vertx.eventBus().localConsumer(EDGE, message -> arrived());
          directory.add(EDGE, context, news -> arrived());
          registered.countDown();
        });
    registered.await();
  }

  /** Closes it. */
  @TearDown
  public void tearDown() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    vertx.close().onComplete(done -> closed.countDown());
    closed.await();
  }

  private void arrived() {
    if (--left == 0) {
      arrived.countDown();
    }
  }

  private void run(Runnable send) throws InterruptedException {
    arrived = new CountDownLatch(1);
    context.runOnContext(
        v -> {
          left = MESSAGES;
          for (int i = 0; i < MESSAGES; i++) {
            send.run();
          }
        });
    arrived.await();
  }

  /** Over the event bus. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void eventBus() throws InterruptedException {
    run(() -> vertx.eventBus().send(EDGE, NEWS, local));
  }

  /** As directory. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void directory() throws InterruptedException {
    run(() -> directory.tellHere(EDGE, NEWS));
  }
}
