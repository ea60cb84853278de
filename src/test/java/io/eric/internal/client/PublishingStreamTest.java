package io.eric.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stream of published messages, whose answers the test gives. */
class PublishingStreamTest {

  private static final Message MESSAGE = Message.of("t", 1);

  private final Deque<Promise<Void>> published = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final PublishingStream stream =
      new PublishingStream(
          message -> {
            Promise<Void> answer = Promise.promise();
            published.add(answer);
            return answer.future();
          });

  private void answerAll() {
    while (!published.isEmpty()) {
      published.remove().complete();
    }
  }

  private void fill() {
    stream.setWriteQueueMaxSize(2);
    while (!stream.writeQueueFull()) {
      stream.write(MESSAGE);
    }
  }

  /** A pipe sets its handler after it has seen that the window is full. */
  @Test
  void answersThatComeBeforeTheDrainHandlerAreToldToIt() {
    fill();
    answerAll();
    stream.drainHandler(v -> told.add("first"));
    assertThat(told).containsExactly("first");
    fill();
    answerAll();
    stream.drainHandler(v -> told.add("second"));
    assertThat(told).containsExactly("first", "first", "second");
  }

  @Test
  void aDrainHandlerIsNotCalledBeforeTheWindowWasFull() {
    stream.drainHandler(v -> told.add("early"));
    stream.write(MESSAGE);
    answerAll();
    assertThat(told).isEmpty();
    fill();
    assertThat(told).isEmpty();
    answerAll();
    assertThat(told).hasSize(1);
  }

  @Test
  void aWindowThatIsMadeSmallerIsToldWhenItIsFreeAgain() {
    stream.write(MESSAGE);
    stream.setWriteQueueMaxSize(1);
    assertThat(stream.writeQueueFull()).isTrue();
    stream.drainHandler(v -> told.add("drained"));
    answerAll();
    assertThat(told).hasSize(1);
  }

  @Test
  void aHandlerThatThrowsDelaysNoOther() {
    fill();
    stream.exceptionHandler(
        failure -> {
          throw new IllegalStateException("of the user");
        });
    stream.drainHandler(
        v -> {
          told.add("drained");
          throw new IllegalStateException("of the user");
        });
    Future<Void> end = stream.end();
    published.forEach(answer -> answer.fail("refused"));
    assertThat(told).hasSize(1);
    assertThat(end.failed()).isTrue();
    assertThat(end.cause()).hasMessage("refused");
  }

  @Test
  void aPublishThatThrowsFailsItsWriteAndIsNoLongerUnderWay() {
    PublishingStream throwing =
        new PublishingStream(
            message -> {
              throw new IllegalArgumentException("not at all");
            });
    assertThat(throwing.write(MESSAGE).cause()).hasMessage("not at all");
    assertThat(throwing.end().cause()).hasMessage("not at all");
  }

  /** They tell the reader of another channel about its own stream. */
  @Test
  void whatAStreamSaysOfItselfIsLeftOut() {
    for (String type : List.of(Message.GAP, Message.TAKEN_OVER, Message.CHANNEL_CLOSED)) {
      assertThat(stream.write(Message.of(type, null)).succeeded()).isTrue();
    }
    assertThat(published).isEmpty();
    stream.write(Message.of(Message.ERROR, null));
    assertThat(published).hasSize(1);
    answerAll();
    assertThat(stream.end().succeeded()).isTrue();
    assertThat(stream.write(Message.of(Message.GAP, null)).cause())
        .isInstanceOf(IllegalStateException.class);
  }
}
