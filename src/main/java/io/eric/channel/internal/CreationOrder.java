package io.eric.channel.internal;

import io.eric.InvalidChannelException;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ids of channels in order of creation. Reading a part of the list takes time for that
 * part only, wherever it begins. Any thread may read; only one thread at a time may change it.
 */
public final class CreationOrder {

  private final Map<String, Place> byId = new ConcurrentHashMap<>();
  private final NavigableSet<Place> places = new ConcurrentSkipListSet<>();

  /** Creates an empty list. */
  public CreationOrder() {}

  /**
   * Adds an id, or moves it.
   *
   * @param created the number by which ids are ordered; ids with equal numbers are ordered by
   *     themselves
   */
  public void add(String id, long created) {
    Place place = new Place(created, id);
    Place before = byId.put(id, place);
    if (before != null && !before.equals(place)) {
      places.remove(before);
    }
    places.add(place);
  }

  /** Removes an id, if it is there. */
  public void remove(String id) {
    Place place = byId.remove(id);
    if (place != null) {
      places.remove(place);
    }
  }

  /** Removes all. */
  public void clear() {
    byId.clear();
    places.clear();
  }

  /** Returns how many ids there are. */
  public int size() {
    return byId.size();
  }

  /** Returns all ids. */
  public List<String> ids() {
    return places.stream().map(Place::id).toList();
  }

  /**
   * Returns a part of the list.
   *
   * @throws InvalidChannelException if the part is to begin after an id that is not there
   */
  public ListPage page(Command.Page page) {
    NavigableSet<Place> rest = places;
    Place from = from(page);
    if (from != null) {
      rest = places.tailSet(from, false);
    }
    JsonArray ids = new JsonArray();
    Place last = null;
    for (Place place : rest) {
      if (last != null && ids.size() == page.limit()) {
        return new ListPage(ids, ListPage.place(last.created, last.id));
      }
      ids.add(place.id);
      last = place;
    }
    return new ListPage(ids, null);
  }

  private @Nullable Place from(Command.Page page) {
    String place = page.place();
    if (place != null) {
      return new Place(ListPage.numberAt(place), ListPage.idAt(place));
    }
    String after = page.after();
    if (after == null) {
      return null;
    }
    Place known = byId.get(after);
    if (known == null) {
      throw InvalidChannelException.unknown(after);
    }
    return known;
  }

  private record Place(long created, String id) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byTime = Long.compare(created, other.created);
      return byTime == 0 ? id.compareTo(other.id) : byTime;
    }
  }
}
