package io.eric.channel;

import static io.eric.channel.AskedChannel.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.UnavailableException;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.StreamDigest;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream that opens itself anew loses nothing, whatever else its edge has said meanwhile. */
class ReattachTest {

  private static final String EDGE = Addresses.edge("test");
  private static final String OTHER_EDGE = Addresses.edge("other");

  private final AskedChannel x = new AskedChannel();
  private final List<ChannelResponse.End> ended = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    x.close();
  }

  @Test
  void anAcknowledgementForOthersOfItsEdgeDoesNotMoveIt() {
    String one = x.broadcast(1);
    Attached live = x.ask(stream(EDGE, 1, one));
    assertThat(live.first().live()).isTrue();
    x.tell(new ChannelRequest.Written(EDGE, live.session(), 1, 0, sequence(one)));
    String two = x.broadcast(2);
    // The stream has left its edge's live ones, and its word of that is still on its way.
    x.tell(new ChannelRequest.Acknowledge(EDGE, live.session(), sequence(two), StreamDigest.NONE));

    assertThat(payloads(reattached(2, one))).containsExactly("2");
  }

  @Test
  void aCursorThatIsAheadOfItDoesNotMoveIt() {
    String one = x.broadcast(1);
    String two = x.broadcast(2);
    x.ask(stream(EDGE, 1, one));
    x.tell(new ChannelRequest.Detach(EDGE, 1, sequence(two)));
    assertThat(payloads(reattached(2, one))).containsExactly("2");
  }

  /** Its client has not seen them, and would ask for them if it came back by itself. */
  @Test
  void whatAnotherStreamOfItsListenerHasHadIsNotMissingInIt() {
    String one = x.broadcast(1);
    otherStreamGets2After(one);
    assertThat(payloads(reattached(2, one))).containsExactly("2", "3");
  }

  @Test
  void whoHandsOutBatchesDoesNotRepeatWhatAnotherStreamOfItsListenerHasHad() {
    String one = x.broadcast(1);
    otherStreamGets2After(one);
    Attach pull = new Attach(EDGE, 2, "r", one, false, true, 100, 10_000, 7_500);
    Attached again = x.ask(new ChannelRequest.Reattach(pull, 1, sequence(one)));
    assertThat(payloads(again)).containsExactly("3");
  }

  private void otherStreamGets2After(String one) {
    String two = x.broadcast(2);
    x.edge(EDGE, this::saysWhereItEnded);
    x.edge(OTHER_EDGE, none -> {});
    x.ask(stream(EDGE, 1, one));
    x.ask(stream(OTHER_EDGE, 1, one));
    x.tell(new ChannelRequest.Detach(OTHER_EDGE, 1, sequence(two)));
    x.broadcast(3);
  }

  @Test
  void itDoesNotTakeOverFromWhoIsTakingOver() {
    List<io.vertx.core.eventbus.Message<ChannelResponse>> ends = new CopyOnWriteArrayList<>();
    x.edge(EDGE, ends::add);
    x.edge(OTHER_EDGE, none -> {});
    String one = x.broadcast(1);
    x.ask(stream(EDGE, 1, one));
    Future<Attached> other = x.asked(stream(OTHER_EDGE, 1, one));
    await().until(() -> !ends.isEmpty());
    Future<Attached> again =
        x.asked(new ChannelRequest.Reattach(stream(EDGE, 2, one), 1, sequence(one)));
    ends.get(0).reply(new ChannelResponse.Ended(sequence(one)), LocalCodec.options());
    assertThat(Hub.await(other).stopped()).isFalse();
    await().until(again::isComplete);
    assertThat(again.cause()).isInstanceOf(InvalidListenerException.class);
  }

  /** Its log is closed meanwhile, which is no error of the hub: another node goes on. */
  @Test
  void whoAttachesWhileTheChannelLeavesIsToldToAskTheNextOwner() {
    List<io.vertx.core.eventbus.Message<ChannelResponse>> ends = new CopyOnWriteArrayList<>();
    x.edge(EDGE, ends::add);
    x.edge(OTHER_EDGE, none -> {});
    String one = x.broadcast(1);
    x.ask(stream(EDGE, 1, one));
    Future<?> other =
        x.hub
            .vertx
            .eventBus()
            .request(Addresses.channel("x"), stream(OTHER_EDGE, 1, one), LocalCodec.options());
    await().until(() -> !ends.isEmpty());
    Hub.await(x.hub.channels.leave("x", false));
    ends.get(0).reply(new ChannelResponse.Ended(sequence(one)), LocalCodec.options());
    await().until(other::isComplete);
    assertThat(BusReply.isUnhandled(other.cause())).as("%s", other.cause()).isTrue();
  }

  /** The two were opened one after the other, and the end of the first was lost. */
  @Test
  void whichOfTwoAtOneEdgeIsYoungerDoesNotDependOnTheOrderInWhichTheyAskAgain() {
    x.edge(EDGE, this::saysWhereItEnded);
    String one = x.broadcast(1);
    x.ask(new ChannelRequest.Reattach(stream(EDGE, 4, one), 2, sequence(one)));
    assertThat(Hub.failure(x.asked(new ChannelRequest.Reattach(stream(EDGE, 5, one), 1, 0))))
        .isInstanceOf(InvalidListenerException.class);
    x.tell(new ChannelRequest.Detach(EDGE, 4, sequence(one)));
    x.ask(new ChannelRequest.Reattach(stream(EDGE, 6, one), 1, sequence(one)));
    x.ask(new ChannelRequest.Reattach(stream(EDGE, 7, one), 2, sequence(one)));
    assertThat(ended).containsExactly(new ChannelResponse.End("x", 6, Message.TAKEN_OVER, 60_000));
  }

  @Test
  void aStreamWhoseEdgeDoesNotSayThatItIsWantedTakesNothingOver() {
    x.edge(EDGE, this::saysWhereItEnded);
    x.hub.vertx.eventBus().localConsumer(OTHER_EDGE, unheard -> {});
    String one = x.broadcast(1);
    x.ask(stream(EDGE, 1, one));
    assertThat(Hub.failure(x.asked(stream(OTHER_EDGE, 1, one))))
        .isInstanceOf(UnavailableException.class);
    assertThat(ended).isEmpty();
  }

  @Test
  void unlessItIsAReaderInAProgramWhoseThreadMayBeBusy() {
    x.edge(EDGE, this::saysWhereItEnded);
    x.hub.vertx.eventBus().localConsumer(OTHER_EDGE, unheard -> {});
    String one = x.broadcast(1);
    x.ask(stream(EDGE, 1, one));
    x.ask(new Attach(OTHER_EDGE, 1, "r", one, false, true, 100, 10_000, 7_500));
    assertThat(ended).containsExactly(new ChannelResponse.End("x", 1, Message.TAKEN_OVER, 60_000));
  }

  /** It was free when the command came, and somebody else was about to have it. */
  @Test
  void aConsumerThatAFormerOwnerKnewTakesOverFromNobody() {
    List<io.vertx.core.eventbus.Message<ChannelResponse>> ends = new CopyOnWriteArrayList<>();
    x.edge(EDGE, ends::add);
    x.edge(OTHER_EDGE, this::saysWhereItEnded);
    String one = x.broadcast(1);
    x.ask(stream(EDGE, 1, one));
    Future<Attached> other = x.asked(stream(OTHER_EDGE, 1, one));
    await().until(() -> !ends.isEmpty());
    x.tell(new ChannelRequest.Detach(EDGE, 1, sequence(one)));
    Future<JsonObject> renewed =
        x.hub.request(
            "eric.channel.x",
            new JsonObject().put("v", "l").put("r", "r").put(ChannelRequest.RENEWED, true));
    Hub.await(x.hub.request("eric.channel.x", new JsonObject().put("v", "ping")));
    ends.get(0).reply(new ChannelResponse.Ended(sequence(one)), LocalCodec.options());
    Hub.await(other);
    assertThat(Hub.await(renewed).getString("result")).isEqualTo(ChannelRequest.NOT_RENEWED);
    assertThat(ended).isEmpty();
  }

  @Test
  void aStreamDoesNotAttachAnewToAChannelThatIsBeingRemoved() {
    List<io.vertx.core.eventbus.Message<ChannelResponse>> ends = new CopyOnWriteArrayList<>();
    x.edge(OTHER_EDGE, ends::add);
    x.hub.ask("x", new JsonObject().put("v", "r").put("r", "other"));
    String one = x.broadcast(1);
    x.ask(new Attach(OTHER_EDGE, 1, "other", one, true, false, 100, 10_000, 7_500));
    Future<?> removed = x.hub.request("eric.channel.x", new JsonObject().put("v", "rc"));
    await().until(() -> !ends.isEmpty());
    assertThat(
            Hub.failure(
                x.asked(new ChannelRequest.Reattach(stream(EDGE, 2, one), 1, sequence(one)))))
        .isInstanceOf(InvalidChannelException.class);
    ends.get(0).reply(new ChannelResponse.Ended(sequence(one)), LocalCodec.options());
    Hub.await(removed);
  }

  private void saysWhereItEnded(io.vertx.core.eventbus.Message<ChannelResponse> message) {
    if (message.body() instanceof ChannelResponse.End end) {
      ended.add(end);
      message.reply(new ChannelResponse.Ended(-1), LocalCodec.options());
    }
  }

  private static Attach stream(String edge, long number, String after) {
    return new Attach(edge, number, "r", after, true, false, 100, 10_000, 7_500);
  }

  private Attached reattached(long number, String after) {
    return x.ask(new ChannelRequest.Reattach(stream(EDGE, number, after), 1, sequence(after)));
  }

  private static List<String> payloads(Attached attached) {
    return attached.first().entries().stream().map(entry -> entry.payload().toString()).toList();
  }
}
