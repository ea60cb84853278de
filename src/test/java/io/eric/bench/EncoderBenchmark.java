package io.eric.bench;

import io.eric.Payload;
import io.eric.http.internal.sse.SseFormat;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one message of 200 bytes costs to encode as an event, alone and in a batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {

  /** Messages in a batch. */
  @Param({"1", "64"})
  public int batch;

  /** plain: ASCII text; escapes: text with line breaks and quotes; json: an object. */
  @Param({"plain", "escapes", "json"})
  public String payload;

  private final SseFormat format = new SseFormat();
  private List<Entry> entries = List.of();

  /** Makes the batch. */
  @Setup
  public void setUp() {
    Object value =
        switch (payload) {
          case "plain" -> "x".repeat(200);
          case "escapes" -> "line \"one\"\nline two\n".repeat(10);
          default -> new io.vertx.core.json.JsonObject().put("text", "x".repeat(190));
        };
    entries = new ArrayList<>();
    for (int i = 1; i <= batch; i++) {
      entries.add(new Entry(i, 0, null, "message", Payload.of(value), null, null));
    }
  }

  /** The whole batch; divide by its size. */
  @Benchmark
  public Buffer sse() {
    return format.encode(entries, "0123456789abcdef", 1000);
  }
}
