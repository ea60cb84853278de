package io.eric.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.internal.protocol.ChannelRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StateErrorsTest {

  private enum State {
    OPEN
  }

  private final Meters meters = new Meters();
  private final Logger log = (Logger) LoggerFactory.getLogger(StateErrors.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(lines);
  }

  @Test
  void anEventThatCannotBeIsCountedAndLoggedAndFailsATest() {
    assertThatThrownBy(() -> meters.stateErrors().report("channel x", State.OPEN, "opened"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("channel x is OPEN")
        .hasMessageContaining("opened");
    assertThat(meters.get(CounterName.STATE_ERRORS_EVENT)).isOne();
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.ERROR);
              assertThat(line.getFormattedMessage()).contains("channel x is OPEN", "\"opened\"");
            });
  }

  @Test
  void newsThatNobodyTakesAreCountedAndLoggedWithoutWhatTheyHold() {
    meters.stateErrors().reportUnknown("channel x", new ChannelRequest.StartListener("secret"));
    assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isOne();
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.WARN);
              assertThat(line.getFormattedMessage())
                  .contains("channel x", "StartListener")
                  .doesNotContain("secret");
            });
  }

  @Test
  void aFloodOfThemIsCountedButNotAllLogged() {
    long since = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      meters.stateErrors().reportUnknown("channel x", new ChannelRequest.StartListener("l"));
    }
    long seconds = (System.nanoTime() - since) / 1_000_000_000;
    assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isEqualTo(10_000);
    assertThat(lines.list).hasSizeBetween(1, (int) seconds + 2);
  }
}
