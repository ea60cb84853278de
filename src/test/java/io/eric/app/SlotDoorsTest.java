package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.SocketOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotDoorsTest {

  @ParameterizedTest
  @CsvSource({"1, 8080, eric.sock", "2, 8081, eric-2.sock", "5, 8084, eric-5.sock"})
  void eachSlotHasDoorsOfItsOwn(int slot, int port, String path) {
    SlotDoors doors = new SlotDoors(slot);
    assertThat(doors.http(new HttpOptions()).getPort()).isEqualTo(port);
    assertThat(doors.socket(new SocketOptions()).getPath()).isEqualTo(path);
  }

  @Test
  void whatIsSaidCountsAlsoIfItIsTheDefault() {
    EricOptions options =
        new EricOptions(
            new JsonObject()
                .put("http", new JsonObject().put("port", 8080))
                .put("socket", new JsonObject().put("path", "eric.sock")));
    SlotDoors second = new SlotDoors(2);
    assertThat(second.http(options.getHttp()).getPort()).isEqualTo(8080);
    assertThat(second.socket(options.getSocket()).getPath()).isEqualTo("eric.sock");
    assertThat(second.http(new HttpOptions().setPort(0)).getPort()).isZero();
  }

  @Test
  void theOtherSettingsStay() {
    HttpOptions http = new SlotDoors(3).http(new HttpOptions().setHost("::1").setMaxBody(77));
    assertThat(http.getHost()).isEqualTo("::1");
    assertThat(http.getMaxBody()).isEqualTo(77);
    assertThat(new SlotDoors(3).socket(new SocketOptions().setMode("0660")).getMode())
        .isEqualTo("0660");
  }
}
