package io.eric.log.indexed;

import io.eric.log.Entry;
import io.eric.log.Registration;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * A log in the heap: the index holds the entries themselves, so everything is done at once. It is a
 * start for a store of your own, too, which overrides what it does otherwise.
 */
public class MemoryLog extends IndexedLog<Entry> {

  /**
   * An empty log.
   *
   * @param epoch the name of this life of the channel, which every position in it begins with
   */
  public MemoryLog(String epoch, RetentionOptions retention) {
    super(epoch, 0, retention);
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
