package io.eric.log.indexed;

import io.eric.log.Entry;
import io.eric.log.Registration;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * Keeps nothing but the entries that the log itself holds in the heap, and answers at once. It has
 * no state, so one may serve any number of logs. A storage that differs from it in a few operations
 * may extend it.
 *
 * <p>Safe for any thread.
 */
public class MemoryStorage implements LogStorage<Entry> {

  @Override
  public Future<List<Entry>> append(List<Entry> batch) {
    return Future.succeededFuture(batch);
  }

  @Override
  public Future<List<Entry>> load(List<Entry> contents) {
    return Future.succeededFuture(contents);
  }

  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> forget(String listener) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> delete() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
