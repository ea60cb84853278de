package io.eric.bench;

import io.eric.Payload;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.RetentionOptions;
import io.eric.testing.AllRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The memory log with the default retention, its history full: appends with their trimming, reads,
 * and cursors that move. A dispatch must cost the same whether it has 10 or 10,000 siblings.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogBenchmark {

  private static final Cursors ALL_READ = new AllRead();

  /** Listeners that dispatches go to in turn. */
  @Param({"10", "10000"})
  public int listeners;

  private final Payload payload = Payload.of("x".repeat(200));
  private MessageLog log;
  private List<String> names = List.of();
  private long sequence;
  private int next;

  /** Fills the history. */
  @Setup
  public void setUp() {
    log = MemoryStore.create().open("bench", RetentionOptions.DEFAULT).result();
    names = new ArrayList<>();
    for (int i = 0; i < listeners; i++) {
      names.add("listener-" + i);
    }
    for (int i = 0; i < 20_000; i++) {
      append(i % 2 == 0 ? null : names.get(i % listeners));
    }
  }

  private void append(String receiver) {
    log.append(List.of(new Entry(++sequence, 0, receiver, "message", payload, null, null)));
    log.trim(ALL_READ, 0);
  }

  /** One broadcast in, the oldest out. */
  @Benchmark
  public long appendBroadcast() {
    append(null);
    return sequence;
  }

  /** One dispatch in, the oldest out. */
  @Benchmark
  public long appendDispatch() {
    next = (next + 1) % listeners;
    append(names.get(next));
    return sequence;
  }

  /** One listener's last 64 messages. */
  @Benchmark
  public Slice read64() {
    next = (next + 1) % listeners;
    return log.read(sequence - 128, names.get(next), 64, 1 << 20).result();
  }

  /** A cursor is committed. */
  @Benchmark
  public boolean moveCursor() {
    next = (next + 1) % listeners;
    return log.commit(Map.of(names.get(next), sequence)).succeeded();
  }
}
