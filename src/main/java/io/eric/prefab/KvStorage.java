package io.eric.prefab;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * A store of JSON objects by key, to which an {@link SSEChannelRepository} writes. Implement it on
 * whatever keeps your data; an implementation has to pass {@code KvStorageContract}, which is among
 * the tests.
 *
 * <p>Keys are case-sensitive. Values belong to the caller: a stored value does not change when the
 * caller's object does, nor the other way round. Futures fail with {@link
 * io.eric.RepositoryException} when the store fails. Methods may be called from any thread.
 */
public interface KvStorage {

  /**
   * Fetches all items whose key starts with exactly this prefix, by key; all items for an empty
   * prefix.
   */
  Future<Map<String, JsonObject>> fetchByPrefix(String prefix);

  /** Fetches all items, by key. */
  default Future<Map<String, JsonObject>> fetchAll() {
    return fetchByPrefix("");
  }

  /** Stores a value under a key, in place of a former one. */
  Future<Void> upsert(String key, JsonObject value);

  /** Fetches the value of a key; empty if there is none. */
  Future<Optional<JsonObject>> fetchOne(String key);

  /** Deletes a key with its value; succeeds if the key does not exist. */
  Future<Void> delete(String key);
}
