package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.options.EricOptions;
import org.junit.jupiter.api.Test;

class FileLimitTest {

  @Test
  void limitsBeyondWhatTheSystemAllowsAreNamedWithTheirNumbers() {
    EricOptions options = new EricOptions();
    options.getHttp().setMaxConnections(2_000);
    options.getSocket().setMaxConnections(100);
    long wanted = 2_000 + 100 + FileLimit.RESERVE;

    assertThat(new FileLimit(wanted).shortage(options)).isNull();
    assertThat(new FileLimit(wanted - 1).shortage(options))
        .contains(
            "may have " + (wanted - 1),
            "want " + wanted,
            "http.maxConnections 2000",
            "socket.maxConnections 100");
  }

  @Test
  void aDoorThatIsClosedWantsNothing() {
    EricOptions options = new EricOptions().setHttpEnabled(false).setSocketEnabled(false);
    assertThat(new FileLimit(FileLimit.RESERVE).shortage(options)).isNull();
  }

  @Test
  void thisProcessHasALimit() {
    assertThat(FileLimit.current().files()).isPositive();
  }
}
