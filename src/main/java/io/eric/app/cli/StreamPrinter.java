package io.eric.app.cli;

import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Prints a stream, one JSON line per event, on the thread that waits, because standard output may
 * block, and an event loop must not. Only a limited number of events is requested beyond those that
 * were printed.
 */
final class StreamPrinter {

  /** How many events are requested ahead. */
  private static final int AHEAD = 256;

  private final ReadStream<JsonObject> stream;
  private final Output out = new Output();
  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();

  private StreamPrinter(ReadStream<JsonObject> stream) {
    this.stream = stream;
    stream.pause();
    stream.exceptionHandler(failure -> items.add(new Item(null, failure)));
    stream.endHandler(end -> items.add(new Item(null, null)));
    stream.fetch(AHEAD);
    stream.handler(event -> items.add(new Item(event, null)));
  }

  /** Prints until the stream ends. */
  static void print(ReadStream<JsonObject> stream) throws Exception {
    new StreamPrinter(stream).printAll();
  }

  private void printAll() throws Exception {
    int printed = 0;
    while (true) {
      Item item = items.poll();
      if (item == null) {
        out.flush();
        item = items.take();
      }
      JsonObject event = item.event;
      if (event == null) {
        out.flush();
        item.throwFailure();
        return;
      }
      out.println(event.encode());
      if (++printed == AHEAD / 2) {
        stream.fetch(printed);
        printed = 0;
      }
    }
  }

  /** An event, or the failure that ended the stream, or neither at its end. */
  private record Item(@Nullable JsonObject event, @Nullable Throwable failure) {
    private void throwFailure() throws Exception {
      if (failure instanceof Exception cause) {
        throw cause;
      }
    }
  }
}
