package io.eric.bench;

import com.sun.management.OperatingSystemMXBean;
import io.eric.Payload;
import io.eric.internal.edge.Edge;
import io.eric.internal.edge.StreamFormat;
import io.eric.internal.edge.StreamSink;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * What idle streams cost: the CPU time of a JVM with many streams that get nothing but heartbeats,
 * whose bytes go nowhere. What sockets would cost is left out, so that statements show. Run it with
 * several intervals, in turn:
 *
 * <pre>java -cp … io.eric.bench.IdleStreams CHANNELS STREAMS CONFIRM_INTERVAL_MS SECONDS</pre>
 */
public final class IdleStreams {

  private static final int EDGES = 2;
  private static final long HEARTBEAT_MS = 15_000;
  private static final long SETTLING_MS = 20_000;

  private IdleStreams() {}

  /** Prints milliseconds of CPU time per second. */
  public static void main(String[] arguments) throws Exception {
    int channels = Integer.parseInt(arguments[0]);
    int streams = Integer.parseInt(arguments[1]);
    long interval = Long.parseLong(arguments[2]);
    long seconds = Long.parseLong(arguments[3]);
    Hub hub = Hub.start();
    for (int c = 0; c < channels; c++) {
      hub.channel("idle" + c);
    }
    List<Future<?>> opened = new ArrayList<>();
    for (int e = 0; e < EDGES; e++) {
      opened.add(open(hub, channels, streams / EDGES, interval));
    }
    Hub.await(Future.all(opened));
    Thread.sleep(SETTLING_MS); // a heartbeat and some statements, so that what compiles is compiled
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Meters meters = Meters.of(hub.vertx);
    long statements = meters.get(CounterName.STATEMENTS);
    long heartbeats = meters.get(CounterName.HEARTBEATS);
    long before = system.getProcessCpuTime();
    Thread.sleep(seconds * 1_000);
    long used = system.getProcessCpuTime() - before;
    System.out.printf(
        "%d streams, %d channels, interval %d ms: %.2f ms CPU per second, %d statements, %d"
            + " heartbeats, %d unanswered, %d repairs%n",
        streams,
        channels,
        interval,
        used / 1e6 / seconds,
        meters.get(CounterName.STATEMENTS) - statements,
        meters.get(CounterName.HEARTBEATS) - heartbeats,
        meters.get(CounterName.STATEMENTS_UNANSWERED),
        meters.get(CounterName.STREAM_REPAIRS));
    System.exit(0);
  }

  private static Future<?> open(Hub hub, int channels, int streams, long interval) {
    Promise<Void> all = Promise.promise();
    ((VertxInternal) hub.vertx)
        .createEventLoopContext()
        .runOnContext(
            v -> {
              EdgeOptions options =
                  new EdgeOptions().setHeartbeat(HEARTBEAT_MS).setConfirmInterval(interval);
              Edge edge = new Edge(hub.vertx, new Nothing(), options);
              edge.start()
                  .compose(
                      started -> {
                        Future<Void> one = Future.succeededFuture();
                        for (int i = 0; i < streams; i++) {
                          String channel = "idle" + i % channels;
                          one =
                              one.compose(
                                  before ->
                                      edge.open(channel, null, null)
                                          .whenAttached()
                                          .map(
                                              stream -> {
                                                stream.begin(new Nowhere());
                                                return null;
                                              }));
                        }
                        return one;
                      })
                  .onComplete(all);
            });
    return all.future();
  }

  private static final class Nothing implements StreamFormat {
    private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

    @Override
    public Buffer encode(List<Entry> entries, String epoch, int retryMs) {
      return HEARTBEAT;
    }

    @Override
    public Buffer heartbeat() {
      return HEARTBEAT;
    }

    @Override
    public Buffer control(String type, Payload payload, int retryMs, String id) {
      return HEARTBEAT;
    }
  }

  /** Takes everything at once. */
  private static final class Nowhere implements StreamSink {
    @Override
    public Future<Void> write(Buffer bytes) {
      return Future.succeededFuture();
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void end(Buffer last) {}

    @Override
    public void abort() {}
  }
}
