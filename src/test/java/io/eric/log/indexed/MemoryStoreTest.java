package io.eric.log.indexed;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.MessageStoreContract;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends MessageStoreContract {

  @Override
  protected MessageStore createStore(Vertx vertx) {
    return MemoryStore.create();
  }

  @Override
  protected boolean isDurable() {
    return false;
  }

  @Test
  void everythingIsDoneWhenTheCallReturns() {
    MessageLog log = MemoryStore.create().open("c", RetentionOptions.DEFAULT).result();
    Entry entry = new Entry(1, 1, null, "t", Payload.NULL, null, null);
    assertThat(log.append(List.of(entry)).succeeded()).isTrue();
    assertThat(log.read(0, null, 1, 1).result().entries()).containsExactly(entry);
    assertThat(log.commit(Map.of("ann", 1L)).succeeded()).isTrue();
    assertThat(log.forget("ann").succeeded()).isTrue();
    assertThat(log.close().succeeded()).isTrue();
  }
}
