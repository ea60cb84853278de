package io.eric.channel;

import io.eric.InvalidListenerException;
import io.eric.log.Cursors;
import io.eric.log.MessageLog;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listeners of a channel in order of creation, and what their cursors mean for the log. */
final class Listeners implements Cursors {

  /** One full look at the cursors is allowed per so many questions and listeners. */
  private static final int LISTENERS_PER_QUESTION = 8;

  private final MessageLog log;
  private final Map<String, Listener> byId = new LinkedHashMap<>();
  private final Set<Listener> waiting = new LinkedHashSet<>();
  private long lowest;
  private int questionsLeft;

  Listeners(MessageLog log) {
    this.log = log;
  }

  Collection<Listener> all() {
    return byId.values();
  }

  int size() {
    return byId.size();
  }

  @Nullable Listener find(String id) {
    return byId.get(id);
  }

  Listener get(String id) {
    Listener listener = byId.get(id);
    if (listener == null) {
      throw InvalidListenerException.unknown(id);
    }
    return listener;
  }

  void add(Listener listener) {
    if (byId.putIfAbsent(listener.id, listener) != null) {
      throw InvalidListenerException.exists(listener.id);
    }
    movedBack();
  }

  void remove(Listener listener) {
    byId.remove(listener.id);
    waiting.remove(listener);
  }

  /** Marks a listener whose stream wants to be woken by the next message. */
  void setWaiting(Listener listener) {
    waiting.add(listener);
  }

  void clearWaiting(Listener listener) {
    waiting.remove(listener);
  }

  Set<Listener> waiting() {
    return waiting;
  }

  /** Forgets the known minimum, because a cursor went backwards. */
  void movedBack() {
    lowest = 0;
    questionsLeft = 0;
  }

  @Override
  public long of(String id) {
    Listener listener = byId.get(id);
    return listener == null ? Long.MAX_VALUE : listener.cursor(log.lastSequence());
  }

  /**
   * The minimum over all cursors. Looking at all of them for each message would make a message cost
   * as much as there are listeners, so an older minimum, which is on the safe side, serves for a
   * while.
   */
  @Override
  public long lowest() {
    if (questionsLeft-- > 0) {
      return lowest;
    }
    return lookUpLowest();
  }

  long lookUpLowest() {
    questionsLeft = byId.size() / LISTENERS_PER_QUESTION;
    long last = log.lastSequence();
    long minimum = Long.MAX_VALUE;
    for (Listener listener : byId.values()) {
      long cursor = listener.cursor(last);
      if (cursor < minimum && (cursor >= last || log.hasAfter(cursor, listener.reader()))) {
        minimum = cursor;
      }
    }
    lowest = byId.isEmpty() ? Long.MAX_VALUE : Math.min(minimum, last);
    return lowest;
  }
}
