package io.eric.cluster.link;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this node answers other nodes, by name. For any thread. */
final class Services {

  private final Map<String, Service> byName = new ConcurrentHashMap<>();

  /**
   * Adds a service.
   *
   * @return removes it again; idempotent
   * @throws IllegalArgumentException if there is one of this name
   */
  Runnable add(String name, Service service) {
    if (byName.putIfAbsent(name, service) != null) {
      throw new IllegalArgumentException("there is a service " + name + " already");
    }
    return () -> byName.remove(name, service);
  }

  /** Asks a service; fails as not asked if there is none. */
  Future<Buffer> ask(String name, String from, Buffer question) {
    Service service = byName.get(name);
    if (service == null) {
      return Future.failedFuture(
          new ReplyException(ReplyFailure.NO_HANDLERS, "there is no service " + name));
    }
    try {
      return service.answer(from, question);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
