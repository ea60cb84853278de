package io.eric.channel;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.InvalidChannelException;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A channel goes in order: whoever talks to it meanwhile is answered. */
class ChannelRemovalTest {

  private final Logger vertxLog = (Logger) LoggerFactory.getLogger("io.vertx.core.eventbus");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  /** One event loop, so that what is sent in one turn is all there before any of it is handled. */
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  private final ChannelContainer channels =
      new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());

  @BeforeEach
  void start() {
    lines.start();
    vertxLog.addAppender(lines);
    await(channels.start());
  }

  @AfterEach
  void close() {
    vertxLog.detachAppender(lines);
    await(channels.close());
    await(vertx.close());
  }

  @Test
  void commandsThatAreUnderWayWhenItIsRemovedAreAnsweredAndNoneIsDiscarded() {
    for (int round = 0; round < 20; round++) {
      await(channels.create("x", null));
      List<Future<Message<Object>>> answers = new ArrayList<>();
      await(
          Future.<Void>future(
              sent ->
                  vertx.runOnContext(
                      turn -> {
                        for (int i = 0; i < 50; i++) {
                          answers.add(ask(i == 10 ? "rc" : "b"));
                        }
                        sent.complete();
                      })));
      await(Future.join(answers).otherwiseEmpty());
      assertThat(answers.subList(0, 11)).allMatch(Future::succeeded);
      assertThat(answers.subList(11, 50))
          .extracting(answer -> answer.cause().getMessage())
          .containsOnly(InvalidChannelException.unknown("x").text());
    }
    assertThat(lines.list)
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .isEmpty();
  }

  private Future<Message<Object>> ask(String verb) {
    return vertx
        .eventBus()
        .request("eric.channel.x", new JsonObject().put("v", verb).put("t", "t"));
  }
}
