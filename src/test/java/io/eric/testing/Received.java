package io.eric.testing;

import io.eric.MessageStream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a stream has yielded. */
public final class Received {

  /** The stream. */
  public final MessageStream<JsonObject> stream;

  private final List<JsonObject> items = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean ended;

  /** Reads the stream from now on. */
  public Received(MessageStream<JsonObject> stream) {
    this.stream = stream;
    stream.exceptionHandler(failures::add);
    stream.endHandler(v -> ended = true);
    stream.handler(items::add);
  }

  /** Waits until there are so many items, and gives them all. */
  public List<JsonObject> items(int count) {
    Hub.until(() -> items.size() >= count || !failures.isEmpty());
    if (!failures.isEmpty()) {
      throw new AssertionError("the stream failed", failures.get(0));
    }
    return List.copyOf(items);
  }

  /** The {@code data} of at least so many items. */
  public List<Object> data(int count) {
    return items(count).stream().map(item -> item.getValue("data")).toList();
  }

  /** The {@code event} of at least so many items. */
  public List<String> events(int count) {
    return items(count).stream().map(item -> item.getString("event")).toList();
  }

  /** Waits for the end, and gives all items. */
  public List<JsonObject> untilEnd() {
    Hub.until(() -> ended);
    return List.copyOf(items);
  }

  /** Waits for a failure. */
  public Throwable failure() {
    Hub.until(() -> !failures.isEmpty());
    return failures.get(0);
  }

  /** How many items there were until now. */
  public int count() {
    return items.size();
  }
}
