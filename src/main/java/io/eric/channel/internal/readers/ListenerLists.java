package io.eric.channel.internal.readers;

import io.eric.InvalidMessageFormatException;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes lists of a channel's listeners between the channel's other work. Each turn of the event
 * loop makes one slice of one list, however many are asked for, so that publishers do not wait
 * behind them. This class is used on the channel's context.
 *
 * <p>A list is in memory as a whole before it is sent on the event bus, so its size is bounded; a
 * caller that wants more asks for parts, as doors and handles do.
 */
public final class ListenerLists {

  /** How many listeners are looked at in a turn, which takes well below a millisecond. */
  private static final int SLICE = 250;

  /** How many lists may wait to be made. */
  private static final int MAX_WAITING = 1_024;

  private final Loop loop;
  private final Listeners listeners;
  private final Function<Listener, JsonObject> shown;
  private final Meters meters;

  /**
   * The lists that wait, of which the first is being made; null if none, as on nearly all channels.
   */
  private @Nullable ArrayDeque<Making> waiting;

  /** Whether a slice was made in this turn, or will be in the next. */
  private boolean busy;

  public ListenerLists(
      Loop loop, Listeners listeners, Function<Listener, JsonObject> shown, Meters meters) {
    this.loop = loop;
    this.listeners = listeners;
    this.shown = shown;
    this.meters = meters;
  }

  /**
   * Makes a list.
   *
   * @throws InvalidMessageFormatException if the list would be too long
   * @throws UnavailableException if too many lists wait already
   * @throws io.eric.InvalidListenerException if it is to begin after a listener that is not there
   */
  public Future<ListPage> list(Command.Page page) {
    if (page.limit() == 0 && listeners.named() > Command.Page.MAX_LIMIT) {
      throw new InvalidMessageFormatException(
          "the channel has "
              + listeners.named()
              + " listeners, a list has at most "
              + Command.Page.MAX_LIMIT
              + ": ask for parts with limit and after");
    }
    Making making = new Making(listeners.before(page), page.limit());
    if (!busy) {
      busy = true; // until the next turn
      loop.later(this::goOn);
      if (making.slice()) {
        return making.made.future();
      }
    } else if (waiting != null && waiting.size() >= MAX_WAITING) {
      meters.count(CounterName.LISTS_REFUSED);
      throw new UnavailableException("too many lists are asked for at this moment");
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>();
    }
    waiting.add(making);
    return making.made.future();
  }

  private void goOn() {
    Making first = waiting == null ? null : waiting.peek();
    if (first == null) {
      busy = false;
      waiting = null;
      return;
    }
    if (first.slice() && waiting != null) {
      waiting.remove(first);
    }
    loop.later(this::goOn);
  }

  private final class Making {

    private final Promise<ListPage> made = Promise.promise();
    private final JsonArray items = new JsonArray();
    private final int limit;
    private long after;

    private Making(long after, int limit) {
      this.after = after;
      this.limit = limit == 0 ? Command.Page.MAX_LIMIT : limit;
    }

    /** Makes a slice, and returns whether the list is complete now. */
    private boolean slice() {
      int left = SLICE;
      Listener last = null;
      for (Listener listener : listeners.after(after)) {
        if (items.size() == limit) {
          String place = last == null ? "" + after + '.' : ListPage.place(last.number, last.id);
          made.complete(new ListPage(items, place));
          return true;
        }
        if (left-- == 0) {
          return false;
        }
        items.add(shown.apply(listener));
        after = listener.number;
        last = listener;
      }
      made.complete(new ListPage(items, null));
      return true;
    }
  }
}
