package io.eric.testing;

import io.eric.Entry;
import io.eric.log.IndexedLog;
import io.eric.log.Registration;
import io.eric.log.RetentionOptions;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * The log of a store as a user writes one, which keeps nothing; tests change what they are about.
 */
public class MemoryLog extends IndexedLog<Entry> {

  /** An empty log. */
  public MemoryLog(RetentionOptions retention) {
    super("epoch", 0, retention);
  }

  @Override
  protected Future<List<Entry>> persist(List<Entry> batch) {
    return Future.succeededFuture(batch);
  }

  @Override
  protected Future<List<Entry>> load(List<Entry> contents) {
    return Future.succeededFuture(contents);
  }

  @Override
  protected Future<Void> persistCursors(Map<String, Long> cursors) {
    return Future.succeededFuture();
  }

  @Override
  protected Future<Void> persistRegistration(String listener, Registration registration) {
    return Future.succeededFuture();
  }

  @Override
  protected Future<Void> persistForget(String listener) {
    return Future.succeededFuture();
  }

  @Override
  protected Future<Void> erase() {
    return Future.succeededFuture();
  }

  @Override
  protected Future<Void> release() {
    return Future.succeededFuture();
  }
}
