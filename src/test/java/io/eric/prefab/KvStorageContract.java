package io.eric.prefab;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KvStorage} has to do. Extend it for one of your own. */
abstract class KvStorageContract {

  private KvStorage storage;

  /** A storage with nothing in it. */
  abstract KvStorage empty();

  @BeforeEach
  void open() {
    storage = empty();
  }

  private static JsonObject value(Object of) {
    return new JsonObject().put("value", of);
  }

  private void put(String key, Object of) {
    Hub.await(storage.upsert(key, value(of)));
  }

  private Object get(String key) {
    return Hub.await(storage.fetchOne(key)).map(found -> found.getValue("value")).orElse(null);
  }

  @Test
  void whatWasStoredIsFetched() {
    JsonObject item =
        new JsonObject()
            .put("text", "ü\u0000\n\"")
            .put("number", 12345678901234L)
            .put("fraction", 0.1)
            .put("flag", true)
            .putNull("nothing")
            .put("object", new JsonObject().put("a", new JsonArray().add(1).add("b")));
    Hub.await(storage.upsert("key", item));
    assertThat(Hub.await(storage.fetchOne("key"))).contains(item);
  }

  @Test
  void anUnknownKeyHasNoValue() {
    put("known", 1);
    assertThat(Hub.await(storage.fetchOne("unknown"))).isEmpty();
    assertThat(Hub.await(storage.fetchOne("know"))).isEmpty();
    assertThat(Hub.await(storage.fetchOne("known2"))).isEmpty();
  }

  @Test
  void aSecondValueReplacesTheFirst() {
    put("key", 1);
    put("key", 2);
    assertThat(get("key")).isEqualTo(2);
    assertThat(Hub.await(storage.fetchAll())).hasSize(1);
  }

  @Test
  void deletingIsIdempotent() {
    put("key", 1);
    put("other", 2);
    Hub.await(storage.delete("key"));
    Hub.await(storage.delete("key"));
    Hub.await(storage.delete("never"));
    assertThat(Hub.await(storage.fetchAll())).containsOnlyKeys("other");
  }

  @Test
  void aPrefixIsExact() {
    for (String key : List.of("ab", "ab/", "ab/x", "ab/y", "abc/x", "AB/x", "a", "b/ab/", "ab0")) {
      put(key, key);
    }
    assertThat(Hub.await(storage.fetchByPrefix("ab/")).keySet())
        .containsExactly("ab/", "ab/x", "ab/y");
    assertThat(Hub.await(storage.fetchByPrefix("zz"))).isEmpty();
  }

  @Test
  void aPrefixIsNoPattern() {
    for (String key : List.of("a.b", "axb", "a*b", "a%b", "a_b", "a?b", "a[b", "a\\b")) {
      put(key, key);
    }
    for (String prefix : List.of("a.", "a*", "a%", "a_", "a?", "a[", "a\\")) {
      assertThat(Hub.await(storage.fetchByPrefix(prefix)).keySet()).containsExactly(prefix + "b");
    }
  }

  @Test
  void everythingIsFetchedByKeyInOrder() {
    for (String key : List.of("b", "a", "c/1", "c/0")) {
      put(key, key);
    }
    assertThat(Hub.await(storage.fetchAll()).keySet()).containsExactly("a", "b", "c/0", "c/1");
    assertThat(Hub.await(storage.fetchByPrefix(""))).hasSize(4);
    assertThat(Hub.await(empty().fetchAll())).isEmpty();
  }

  @Test
  void valuesAreTheCallersOwn() {
    JsonObject mine = value(1).put("nested", new JsonObject());
    Hub.await(storage.upsert("key", mine));
    mine.put("value", 2).getJsonObject("nested").put("x", 1);
    JsonObject fetched = Hub.await(storage.fetchOne("key")).orElseThrow();
    assertThat(fetched).isEqualTo(value(1).put("nested", new JsonObject()));
    fetched.put("value", 3).getJsonObject("nested").put("x", 1);
    Hub.await(storage.fetchAll()).get("key").put("value", 4);
    assertThat(Hub.await(storage.fetchOne("key")))
        .contains(value(1).put("nested", new JsonObject()));
  }

  @Test
  void manyWritesAtOnceAllArrive() {
    List<Future<Void>> writes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      writes.add(storage.upsert("key/" + i, value(i)));
    }
    Hub.await(Future.all(writes));
    assertThat(IntStream.range(0, 200).mapToObj(i -> get("key/" + i)).toList())
        .isEqualTo(IntStream.range(0, 200).boxed().toList());
  }
}
