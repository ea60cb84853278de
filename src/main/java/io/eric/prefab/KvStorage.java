package io.eric.prefab;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * A store of JSON objects by key: what an {@link SSEChannelRepository} writes to. Implement it on
 * whatever keeps your data; {@code KvStorageContract} among the tests is what an implementation has
 * to pass.
 *
 * <p>Keys are case-sensitive. Values are the caller's: neither what was stored nor what was fetched
 * changes when the other's object does. Futures fail with {@link io.eric.RepositoryException} when
 * the store fails. Methods may be called from any thread.
 */
public interface KvStorage {

  /** All items whose key starts with the prefix, exactly, by key; all items for an empty one. */
  Future<Map<String, JsonObject>> fetchByPrefix(String prefix);

  /** All items, by key. */
  default Future<Map<String, JsonObject>> fetchAll() {
    return fetchByPrefix("");
  }

  /** Stores a value in place of what the key had, if anything. */
  Future<Void> upsert(String key, JsonObject value);

  /** The value of a key; empty if there is none. */
  Future<Optional<JsonObject>> fetchOne(String key);

  /** Deletes a key; succeeds if there is none. */
  Future<Void> delete(String key);
}
