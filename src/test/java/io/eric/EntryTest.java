package io.eric;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.log.Entry;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class EntryTest {

  private static Entry to(String receiver) {
    return new Entry(7, 1, receiver, "type", Payload.of(new JsonObject().put("a", 1)), "bob", null);
  }

  @Test
  void aBroadcastIsForEverybody() {
    assertThat(to(null).isFor("ann")).isTrue();
    assertThat(to(null).isFor(null)).isTrue();
  }

  @Test
  void aDispatchIsForItsReceiverOnly() {
    assertThat(to("ann").isFor("ann")).isTrue();
    assertThat(to("ann").isFor("bob")).isFalse();
    assertThat(to("ann").isFor(null)).isFalse();
  }

  @Test
  void itsSizeIsThatOfTypeAndPayloadAndAnOverhead() {
    assertThat(to(null).size()).isEqualTo(Entry.OVERHEAD + "type".length() + "{\"a\":1}".length());
  }

  @Test
  void itsReadersSeeAMessageWithThePositionAsId() {
    assertThat(to("ann").toMessage("e"))
        .isEqualTo(new Message("type", new JsonObject().put("a", 1), "bob", "e-7"));
  }

  @Test
  void aTypeThatNobodyMaySendAnyMoreIsReadAllTheSame() {
    Entry old = new Entry(7, 1, null, "old\u001b\u2028type", Payload.NULL, null, null);
    assertThat(old.toMessage("e").type()).isEqualTo("old\ufffd\ufffdtype");
  }
}
