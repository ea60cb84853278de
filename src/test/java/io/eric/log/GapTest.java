package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Position;
import org.junit.jupiter.api.Test;

class GapTest {

  private static final Position FROM = new Position("e", 3);
  private static final Position TO = new Position("e", 7);

  @Test
  void aGapHasThePositionOfItsLastMessageSoThatAReconnectDoesNotRepeatIt() {
    Entry entry = new Gap(FROM, TO, 5L, Gap.Reason.OVERFLOW).toEntry(9, "ann");
    assertThat(entry.sequence()).isEqualTo(7);
    assertThat(entry.type()).isEqualTo("_eric_gap");
    assertThat(entry.receiver()).isEqualTo("ann");
    assertThat(entry.payload())
        .hasToString("{\"from\":\"e-3\",\"to\":\"e-7\",\"missed\":5,\"reason\":\"overflow\"}");
  }

  @Test
  void anUnknownCountIsNull() {
    assertThat(new Gap(FROM, TO, null, Gap.Reason.EPOCH).payload())
        .hasToString("{\"from\":\"e-3\",\"to\":\"e-7\",\"missed\":null,\"reason\":\"epoch\"}");
  }

  @Test
  void expiryIsNamed() {
    assertThat(new Gap(FROM, TO, 1L, Gap.Reason.EXPIRED).payload().toString())
        .endsWith("\"reason\":\"expired\"}");
  }
}
