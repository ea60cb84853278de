package io.eric.prefab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.RepositoryException;
import io.eric.testing.Hub;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class InMemoryKvStorageTest extends KvStorageContract {

  @Override
  KvStorage empty() {
    return new InMemoryKvStorage();
  }

  @Test
  void aFullStorageRefusesNewKeysOnly() {
    InMemoryKvStorage storage = new InMemoryKvStorage(2);
    Hub.await(storage.upsert("a", new JsonObject()));
    Hub.await(storage.upsert("b", new JsonObject()));
    assertThat(Hub.failure(storage.upsert("c", new JsonObject())))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("2");
    Hub.await(storage.upsert("a", new JsonObject().put("new", true)));
    Hub.await(storage.delete("b"));
    Hub.await(storage.upsert("c", new JsonObject()));
    assertThat(storage.size()).isEqualTo(2);
    assertThatThrownBy(() -> new InMemoryKvStorage(0)).hasMessageContaining("maxItems");
  }
}
