package io.eric.log.indexed;

import io.eric.log.Cursors;
import io.eric.log.Registration;
import io.eric.log.internal.LogIndex;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a log knows of listeners: their cursors, and their registrations in order. It keeps the
 * index informed, which counts what a listener misses from its cursor on.
 */
final class ListenerRecords {

  private final Map<String, Long> committed = new HashMap<>();
  private final Map<String, Registration> registered = new LinkedHashMap<>();
  private final LogIndex<?> index;
  private @Nullable Cursors current;

  ListenerRecords(LogIndex<?> index) {
    this.index = index;
  }

  Map<String, Long> committed() {
    return Collections.unmodifiableMap(committed);
  }

  Map<String, Registration> registered() {
    return Collections.unmodifiableMap(registered);
  }

  void commit(Map<String, Long> cursors) {
    committed.putAll(cursors);
    cursors.forEach(index::noteCursor);
  }

  void register(String listener, Registration registration) {
    registered.put(listener, registration);
  }

  void forget(String listener) {
    index.forget(listener);
    committed.remove(listener);
    registered.remove(listener);
  }

  /** Remembers where cursors that have moved since their last commit can be asked for. */
  void follow(Cursors cursors) {
    current = cursors;
  }

  long cursorOf(String listener) {
    long last = current == null ? Long.MAX_VALUE : current.of(listener);
    return last == Long.MAX_VALUE ? committed.getOrDefault(listener, 0L) : last;
  }
}
