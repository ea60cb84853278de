package io.eric.internal.client;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.InvalidChannelException;
import io.eric.Payload;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request that waits in the queue of somebody who leaves a channel's address. */
class UnhandledRequestsTest {

  private static final String ADDRESS = Addresses.channel("news");

  private final Vertx vertx = Vertx.vertx();
  private final BusClient client = new BusClient(vertx);
  private final MessageConsumer<Object> leaving = vertx.eventBus().localConsumer(ADDRESS);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void vertxAnswersItInTheWordsThatWeKnowItBy() {
    Throwable failure =
        failure(whileLeaving(() -> vertx.eventBus().request(ADDRESS, new JsonObject()), () -> {}));
    assertThat(failure).isInstanceOf(ReplyException.class);
    assertThat(((ReplyException) failure).failureType()).isEqualTo(ReplyFailure.TIMEOUT);
    assertThat(BusReply.hadNoHandler(failure)).isTrue();
    assertThat(BusReply.isUnhandled(failure)).isTrue();
    assertThat(BusReply.isUnhandled(new ReplyException(ReplyFailure.TIMEOUT, "Timed out")))
        .isFalse();
  }

  @Test
  void aCommandIsAskedAgainOfWhoStandsThereNext() {
    resolvedAs(true);
    Object answer =
        await(whileLeaving(() -> client.command(new Command.Stop("news", "bob")), this::replace));
    assertThat(answer).isEqualTo("ack");
  }

  @Test
  void aBatchIsPublishedAgainWhetherItHasKeysOrNot() {
    resolvedAs(true);
    assertThat(await(whileLeaving(() -> publish("k"), this::replace)).epoch()).isEqualTo("e");
  }

  @Test
  void aBatchWithoutKeysIsPublishedAgain() {
    resolvedAs(true);
    assertThat(await(whileLeaving(() -> publish(null), this::replace)).epoch()).isEqualTo("e");
  }

  @Test
  void whereTheChannelIsGoneItIsRefusedAsUnknown() {
    resolvedAs(false);
    assertThat(
            failure(whileLeaving(() -> client.command(new Command.Stop("news", "bob")), () -> {})))
        .isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void aBatchForAChannelThatIsGoneIsRefusedAsUnknown() {
    resolvedAs(false);
    assertThat(failure(whileLeaving(() -> publish("k"), () -> {})))
        .isInstanceOf(InvalidChannelException.class);
  }

  private Future<Published> publish(@Nullable String key) {
    return client.publish(
        "news", List.of(new Command.Publish("news", null, "t", Payload.NULL, key, null)));
  }

  /** Asks while somebody stands at the address who takes nothing, and leaves then. */
  private <T> Future<T> whileLeaving(Supplier<Future<T>> request, Runnable next) {
    leaving.handler(message -> message.fail(500, "taken by who leaves")).pause();
    Future<T> answer = request.get();
    for (int turn = 0; turn < 3; turn++) { // it is in the queue then
      await(Future.<Void>future(done -> vertx.runOnContext(v -> done.complete())));
    }
    next.run();
    await(leaving.unregister());
    return answer;
  }

  private void replace() {
    vertx
        .eventBus()
        .localConsumer(
            ADDRESS,
            (Message<Object> request) -> {
              if (request.body() instanceof JsonObject) {
                request.reply(BusReply.result("ack"));
              } else {
                request.reply(
                    new Published("e", List.of(new Outcome(1, 0, null))), LocalCodec.options());
              }
            });
  }

  private void resolvedAs(boolean found) {
    vertx.eventBus().localConsumer(Addresses.RESOLVE, question -> question.reply(found));
  }
}
