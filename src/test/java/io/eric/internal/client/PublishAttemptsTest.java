package io.eric.internal.client;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.LogFullException;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a publish is repeated when a channel does not answer. */
class PublishAttemptsTest {

  private static final Published PUBLISHED = new Published("e", List.of(new Outcome(1, 0, null)));

  private final Vertx vertx = Vertx.vertx();
  private volatile boolean readersNeedTime;
  private @Nullable Future<Void> lookUp;
  private final Meters meters = Meters.of(vertx);
  private final List<ChannelRequest.PublishBatch> received = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aBatchWithKeysIsSentAgainAsItIsUntilItIsAnswered() {
    answerFromAttempt(3);
    Published published =
        await(client(50, 60_000, true).publish("news", List.of(message("a"), message("b"))));

    assertThat(published.outcomes()).hasSize(1);
    assertThat(received).hasSize(3).containsOnly(received.get(0));
    assertThat(meters.get(CounterName.ATTEMPTS_REPEATED)).isEqualTo(4);
    assertThat(meters.get(CounterName.PUBLISH_TIMEOUTS)).isZero();
  }

  @Test
  void aBatchOfWhichOneMessageHasNoKeyGetsOneAttemptThatLastsTheWholeTime() {
    answerFromAttempt(Integer.MAX_VALUE);
    Throwable e =
        failure(client(20, 200, false).publish("news", List.of(message("a"), message(null))));

    assertThat(e)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("within 200 ms, the outcome is unknown");
    assertThat(received).hasSize(1);
    assertThat(meters.get(CounterName.PUBLISH_TIMEOUTS)).isEqualTo(1);
  }

  /** Nothing can get lost there, and each repeat would be one more that waits. */
  @Test
  void aBatchWithKeysIsNotSentAgainWithinOneJvm() {
    readersNeedTime = true;
    List<Message<ChannelRequest.PublishBatch>> asked = askedChannel();
    Future<Published> answer = client(1, 2, false).publish("news", List.of(message("a")));
    await(vertx.timer(100)); // many attempts' time
    assertThat(asked).hasSize(1);
    assertThat(meters.get(CounterName.ATTEMPTS_REPEATED)).isZero();
    asked.get(0).reply(PUBLISHED, LocalCodec.options());
    assertThat(await(answer)).isEqualTo(PUBLISHED);
  }

  /** What was sent to the former node may be lost. */
  @Test
  void anAttemptThatWentFarIsRepeatedThoughTheChannelHasComeHere() {
    answerFromAttempt(2);
    AtomicBoolean far = new AtomicBoolean(true);
    Future<Published> answer =
        client(50, 60_000, () -> far.getAndSet(false)).publish("news", List.of(message("a")));
    assertThat(await(answer)).isEqualTo(PUBLISHED);
  }

  @Test
  void timeDoesNotRunOutWhileTheChannelMakesPublishersWaitForReaders() {
    readersNeedTime = true;
    answerFromAttempt(Integer.MAX_VALUE);
    Future<Published> keyed = client(20, 50, true).publish("news", List.of(message("a")));
    Future<Published> plain = client(20, 50, true).publish("news", List.of(message(null)));
    Awaitility.await().until(() -> received.size() >= 6);
    assertThat(keyed.isComplete()).isFalse();
    assertThat(plain.isComplete()).isFalse();
    readersNeedTime = false;
    assertThat(failure(keyed)).isInstanceOf(UnavailableException.class);
    assertThat(failure(plain)).isInstanceOf(UnavailableException.class);
    assertThat(meters.get(CounterName.PUBLISH_TIMEOUTS)).isEqualTo(2);
  }

  @Test
  void attemptsEndWhenTimeIsUp() {
    answerFromAttempt(Integer.MAX_VALUE);
    assertThat(failure(client(50, 120, true).publish("news", List.of(message("a")))))
        .isInstanceOf(UnavailableException.class);
    assertThat(received).hasSizeBetween(2, 3);
    assertThat(meters.get(CounterName.PUBLISH_TIMEOUTS)).isEqualTo(1);
  }

  @Test
  void forAChannelThatMayBeElsewhereKeysAreMadeUpWhereThereAreNone() {
    answerFromAttempt(2);
    await(client(50, 60_000, true).publish("news", List.of(message("mine"), message(null))));

    assertThat(received).hasSize(2).containsOnly(received.get(0));
    List<Command.Publish> sent = received.get(0).messages();
    assertThat(sent.get(0).key()).isEqualTo("mine");
    assertThat(sent.get(1).key()).startsWith("door-").hasSizeLessThan(Command.MAX_KEY_LENGTH);
    await(client(50, 60_000, true).publish("news", List.of(message(null))));
    assertThat(received.get(2).messages().get(0).key()).isNotEqualTo(sent.get(1).key());
  }

  @Test
  void whatAnEarlierAttemptFailsWithIsNotTheAnswerWhileALaterOneIsUnderWay() {
    List<Message<ChannelRequest.PublishBatch>> asked = askedChannel();
    Future<Published> answer = client(50, 60_000, true).publish("news", List.of(message("a")));
    Awaitility.await().until(() -> asked.size() >= 2);
    asked.get(0).fail(429, "LogFullException('of a former owner')");
    int before = asked.size();
    Awaitility.await().until(() -> asked.size() > before);
    asked.get(before).reply(PUBLISHED, LocalCodec.options());

    assertThat(await(answer)).isEqualTo(PUBLISHED);
  }

  @Test
  void anEarlierAttemptMayStillSucceed() {
    List<Message<ChannelRequest.PublishBatch>> asked = askedChannel();
    Future<Published> answer = client(50, 60_000, true).publish("news", List.of(message("a")));
    Awaitility.await().until(() -> asked.size() >= 2);
    asked.get(0).reply(PUBLISHED, LocalCodec.options());

    assertThat(await(answer)).isEqualTo(PUBLISHED);
  }

  @Test
  void aRefusalOfTheLatestAttemptIsTheAnswer() {
    List<Message<ChannelRequest.PublishBatch>> asked = askedChannel();
    Future<Published> answer = client(60_000, 60_000, false).publish("news", List.of(message("a")));
    Awaitility.await().until(() -> asked.size() == 1);
    asked.get(0).fail(429, "LogFullException('of the owner')");

    assertThat(failure(answer)).isInstanceOf(LogFullException.class);
  }

  @Test
  void timeRunsOutWhileTheChannelIsLookedFor() {
    LocalCodec.register(vertx);
    lookUp = Promise.<Void>promise().future();
    Throwable e = failure(client(50, 200, false).publish("nowhere", List.of(message("a"))));
    assertThat(e).isInstanceOf(UnavailableException.class).hasMessageContaining("nobody serves");
  }

  @Test
  void anAttemptIsNoLongerThanAllOfThem() {
    assertThatThrownBy(() -> new PublishTimeouts(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("publishTimeout is 1, it must be at least attemptTimeout: 2");
    assertThatThrownBy(() -> new PublishTimeouts(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attemptTimeout is 0, it must be at least 1");
  }

  private Publisher client(long attempt, long publish, boolean far) {
    return client(attempt, publish, () -> far);
  }

  private Publisher client(long attempt, long publish, BooleanSupplier far) {
    PublishAttempts attempts =
        new PublishAttempts(
            new PublishTimeouts(attempt, publish),
            new ChannelsOnTheBus(far),
            PublishAttempts.Timers.of(vertx),
            meters);
    return (channel, messages) -> attempts.publish(channel, messages, 0);
  }

  private interface Publisher {
    Future<Published> publish(String channel, List<Command.Publish> messages);
  }

  private final class ChannelsOnTheBus implements PublishAttempts.Channels {
    private final BooleanSupplier far;

    private ChannelsOnTheBus(BooleanSupplier far) {
      this.far = far;
    }

    @Override
    public boolean isFar(String channel) {
      return far.getAsBoolean();
    }

    @Override
    public boolean waitsForReaders(String channel) {
      return readersNeedTime;
    }

    @Override
    public Future<Published> attempt(
        String channel, ChannelRequest.PublishBatch batch, long leftMs, long answerMs) {
      return vertx
          .eventBus()
          .<Published>request(
              Addresses.channel(channel), batch, LocalCodec.options().setSendTimeout(answerMs))
          .map(reply -> reply.body());
    }

    @Override
    public Future<Void> find(String channel, Throwable unhandled) {
      return lookUp == null ? Future.failedFuture(unhandled) : lookUp;
    }
  }

  /** A channel that is answered for by the test. */
  private List<Message<ChannelRequest.PublishBatch>> askedChannel() {
    List<Message<ChannelRequest.PublishBatch>> asked = new CopyOnWriteArrayList<>();
    LocalCodec.register(vertx);
    vertx
        .eventBus()
        .<ChannelRequest.PublishBatch>localConsumer(Addresses.channel("news"), asked::add);
    return asked;
  }

  private void answerFromAttempt(int attempt) {
    LocalCodec.register(vertx);
    vertx
        .eventBus()
        .<ChannelRequest.PublishBatch>localConsumer(Addresses.channel("news"))
        .handler(
            request -> {
              received.add(request.body());
              if (received.size() >= attempt) {
                request.reply(PUBLISHED, LocalCodec.options());
              }
            });
  }

  private static Command.Publish message(@Nullable String key) {
    return new Command.Publish("news", null, "t", Payload.NULL, key, null);
  }
}
