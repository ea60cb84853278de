package io.eric.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.InvalidChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UserHandlerTest {

  private final Logger log = (Logger) LoggerFactory.getLogger(UserHandler.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void stop() {
    log.detachAppender(lines);
  }

  private List<String> logged() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aFailureThatNoHandlerIsGivenIsLogged() {
    UserHandler.fail(null, InvalidChannelException.unknown("news"), "the stream of news");
    assertThat(logged())
        .containsExactly(
            "the stream of news: failed, and no exception handler is set:"
                + " InvalidChannelException('No channel with id news')");
  }

  @Test
  void aFailureIsGivenToItsHandlerAndNotLogged() {
    List<Throwable> given = new ArrayList<>();
    Throwable failure = InvalidChannelException.unknown("news");
    UserHandler.fail(given::add, failure, "the stream of news");
    assertThat(given).containsExactly(failure);
    assertThat(logged()).isEmpty();
  }

  @Test
  void whatAHandlerThrowsIsLogged() {
    UserHandler.call(
        event -> {
          throw new AssertionError("wrong " + event);
        },
        "event",
        "the stream of news");
    assertThat(logged()).containsExactly("a handler of the stream of news failed");
  }
}
