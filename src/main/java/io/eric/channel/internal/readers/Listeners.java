package io.eric.channel.internal.readers;

import io.eric.InvalidListenerException;
import io.eric.UnavailableException;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.eric.log.Cursors;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the listeners of a channel in order of creation, and knows what their cursors mean for the
 * log. This class is used on the channel's context.
 */
public final class Listeners implements Cursors {

  /** On average, one question for the lowest cursor costs a look at this number of listeners. */
  private static final int LISTENERS_PER_QUESTION = 8;

  private final MessageLog log;
  private final Map<String, Listener> byId = new LinkedHashMap<>();
  private final NavigableMap<Long, Listener> inOrder = new TreeMap<>();
  private final Set<Listener> waiting = new LinkedHashSet<>();
  private final ListenerCount count;
  private final Consumer<Listener> cursorMoved;
  private long lowest;
  private int questionsLeft;
  private long created;
  private boolean counts = true;

  /**
   * Creates an empty collection.
   *
   * @param count the hub's count of listeners, in which these count too
   * @param cursorMoved is told of each listener that is detached, whose cursor is its own again
   */
  public Listeners(MessageLog log, ListenerCount count, Consumer<Listener> cursorMoved) {
    this.log = log;
    this.count = count;
    this.cursorMoved = cursorMoved;
  }

  /**
   * Makes sure that one more listener may be added.
   *
   * @param max how many listeners the channel takes
   * @throws UnavailableException if the channel or the hub takes no more
   */
  public void checkRoom(int max, Meters meters) {
    boolean full = byId.size() >= max;
    if (full || !count.mayAdd()) {
      meters.count(CounterName.LISTENERS_REFUSED);
      throw new UnavailableException(
          full
              ? "the channel has " + max + " listeners, it takes no more"
              : "the hub has as many listeners as it may have, it takes no more");
    }
  }

  /** Takes the listeners out of the hub's count, because the channel is closed. */
  public void uncount() {
    if (counts) {
      counts = false;
      count.subtract(byId.size());
    }
  }

  /** Returns how many listeners there are, watchers left out. */
  int named() {
    return inOrder.size();
  }

  /** Returns the listeners that were created after the one with this number, watchers left out. */
  Collection<Listener> after(long number) {
    return inOrder.tailMap(number, false).values();
  }

  /**
   * Returns the number after which a part of the list begins.
   *
   * @throws InvalidListenerException if the part is to begin after a listener that is not there
   */
  long before(Command.Page page) {
    String place = page.place();
    if (place != null) {
      // The place may be from before a failover, and each owner numbers the listeners anew.
      Listener known = byId.get(ListPage.idAt(place));
      return known == null || known.watcher ? ListPage.numberAt(place) : known.number;
    }
    String after = page.after();
    if (after == null) {
      return 0;
    }
    Listener known = get(after);
    if (known.watcher) {
      throw InvalidListenerException.unknown(after);
    }
    return known.number;
  }

  public Collection<Listener> all() {
    return byId.values();
  }

  public int size() {
    return byId.size();
  }

  public @Nullable Listener find(String id) {
    return byId.get(id);
  }

  public Listener get(String id) {
    Listener listener = byId.get(id);
    if (listener == null) {
      throw InvalidListenerException.unknown(id);
    }
    return listener;
  }

  public void add(Listener listener) {
    if (byId.putIfAbsent(listener.id, listener) != null) {
      throw InvalidListenerException.exists(listener.id);
    }
    listener.number = ++created;
    if (!listener.watcher) {
      inOrder.put(listener.number, listener);
    }
    if (counts) {
      count.add();
    }
    movedBack();
  }

  public void remove(Listener listener) {
    if (byId.remove(listener.id, listener)) {
      inOrder.remove(listener.number);
      if (counts) {
        count.subtract(1);
      }
    }
    waiting.remove(listener);
    listener.remove();
  }

  /** Gives a listener an attachment, whose cursor may be behind the listener's own. */
  public void attach(Listener listener, Attachment attachment, long now) {
    listener.attach(attachment, now);
    movedBack();
  }

  /**
   * Detaches a listener, with all that follows from that. The listener no longer waits to be woken.
   * Its cursor, which may be further back than was known, is its own again and goes to the store. A
   * watcher is removed, because it goes with its stream.
   *
   * @param at the sequence up to which everything was handed over
   */
  public void detach(Listener listener, long at, long now) {
    clearWaiting(listener);
    listener.detach(Math.min(at, log.lastSequence()), now);
    movedBack();
    if (listener.watcher) {
      remove(listener);
    }
    cursorMoved.accept(listener);
  }

  /** Marks a listener whose attachment wants to be woken by the next message. */
  public void setWaiting(Listener listener) {
    waiting.add(listener);
  }

  void clearWaiting(Listener listener) {
    waiting.remove(listener);
  }

  public Set<Listener> waiting() {
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
   * Returns the minimum over all cursors. Finding it is O(listeners), so an older minimum, which is
   * on the safe side, serves for a number of questions.
   */
  @Override
  public long lowest() {
    if (questionsLeft-- > 0) {
      return lowest;
    }
    return lookUpLowest();
  }

  public long lookUpLowest() {
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
