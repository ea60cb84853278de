package io.eric.prefab;

import io.eric.RepositoryException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link KvStorage} in memory, which is gone with the process. It is safe for any thread. */
public final class InMemoryKvStorage implements KvStorage {

  /** How many items a storage takes by default. */
  public static final int DEFAULT_MAX_ITEMS = 1_000_000;

  private final int maxItems;
  private final TreeMap<String, JsonObject> items = new TreeMap<>();

  /** Creates a storage of up to {@value #DEFAULT_MAX_ITEMS} items. */
  public InMemoryKvStorage() {
    this(DEFAULT_MAX_ITEMS);
  }

  /**
   * Creates a storage that refuses new keys, with a {@link RepositoryException}, when it has this
   * number of items.
   *
   * @throws IllegalArgumentException if the number is below 1
   */
  public InMemoryKvStorage(int maxItems) {
    if (maxItems < 1) {
      throw new IllegalArgumentException("maxItems is " + maxItems + ", it must be at least 1");
    }
    this.maxItems = maxItems;
  }

  /** Returns how many items there are. */
  public int size() {
    synchronized (items) {
      return items.size();
    }
  }

  @Override
  public Future<Map<String, JsonObject>> fetchByPrefix(String prefix) {
    Map<String, JsonObject> found = new LinkedHashMap<>();
    synchronized (items) {
      for (Map.Entry<String, JsonObject> item : items.tailMap(prefix, true).entrySet()) {
        if (!item.getKey().startsWith(prefix)) {
          break; // keys are sorted
        }
        found.put(item.getKey(), item.getValue().copy());
      }
    }
    return Future.succeededFuture(found);
  }

  @Override
  public Future<Void> upsert(String key, JsonObject value) {
    JsonObject own = value.copy();
    synchronized (items) {
      if (items.size() >= maxItems && !items.containsKey(key)) {
        return Future.failedFuture(
            new RepositoryException("the storage is full, it takes " + maxItems + " items", null));
      }
      items.put(key, own);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Optional<JsonObject>> fetchOne(String key) {
    synchronized (items) {
      @Nullable JsonObject value = items.get(key);
      return Future.succeededFuture(Optional.ofNullable(value).map(JsonObject::copy));
    }
  }

  @Override
  public Future<Void> delete(String key) {
    synchronized (items) {
      items.remove(key);
    }
    return Future.succeededFuture();
  }
}
