package io.eric.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.eric.channel.internal.core.SimulatedOwner;
import io.eric.internal.client.ChannelLink;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.edge.EdgeStream;
import io.eric.internal.edge.SimulatedEdge;
import io.eric.internal.edge.StreamSink;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** One edge, one owner at a time, and single messages that get lost. */
class StreamFaultsTest {

  private static final long INTERVAL_MS = 1_000;
  private static final int MESSAGES = 20;
  private static final String TAKEN_OVER = "!_eric_taken_over 60000";

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final Meters meters = new Meters();
  private Predicate<Object> lost = message -> false;
  private Future<Void> proof = Future.succeededFuture();
  private RetentionOptions retention = SimulatedOwner.KEEPS_ALL;
  private SimulatedOwner owner;
  private SimulatedEdge edge;

  /** Of another node. */
  private SimulatedEdge elsewhere;

  /** What reaches the owner only after so long. */
  private Predicate<ChannelRequest> late = question -> false;

  private long lateByMs;
  private int fetches;
  private int reattaches;

  /** Whether the owner is not yet where edges ask for it. */
  private boolean opening;

  private long intervalMs = INTERVAL_MS;

  private MessageLog log() {
    return SimulatedOwner.newLog("x", retention);
  }

  /** A channel with these listeners, and an edge that has no streams yet. */
  private void start(MessageLog log, String... listeners) {
    edge = newEdge();
    elsewhere = newEdge();
    owner = owner(log, 1);
    for (String listener : listeners) {
      owner.add(listener);
    }
  }

  private SimulatedEdge newEdge() {
    return new SimulatedEdge(loop, new Channels(), meters, new Lines(), intervalMs, 2 * intervalMs);
  }

  /** Another stream of the listener, of which the first one is not told. */
  private Sink takeOver() {
    time.pass(500);
    lost = message -> message instanceof ChannelResponse.End;
    Sink second = open();
    time.pass(2_500);
    lost = message -> false;
    return second;
  }

  /** The channel has a message for its listener once in an interval. */
  private void publishSlowly() {
    for (int i = 0; i < MESSAGES; i++) {
      owner.publish("l", "m" + i);
      time.pass(INTERVAL_MS);
    }
  }

  /** The stream was told once and for all, and nobody goes on to put the two sides in line. */
  private void assertThatItWasTakenOver(Sink sink, long repairsBefore) {
    assertThat(sink.lines()).containsExactly(TAKEN_OVER);
    assertThat(sink.ended).isTrue();
    assertThat(meters.get(CounterName.STREAM_REPAIRS) - repairsBefore).isLessThan(3);
  }

  private SimulatedOwner owner(MessageLog log, long term) {
    return new SimulatedOwner(
        "x", log, retention, appended -> {}, term, loop, new Edges(), meters, 0, () -> proof);
  }

  /** The end that it was told was lost. */
  @Test
  void aStreamThatWasTakenOverAtItsOwnEdgeDoesNotTakeTheListenerBack() {
    start(log(), "l");
    Sink a = open();
    Sink b = takeOver();
    long repairs = meters.get(CounterName.STREAM_REPAIRS);
    publishSlowly();
    assertThat(b.lines()).hasSize(MESSAGES);
    assertThatItWasTakenOver(a, repairs);
  }

  /** Then the session stays, and statements find that the two differ. */
  @Test
  void norWhereTheEdgeHasOtherStreamsOfTheChannel() {
    start(log(), "l", "m");
    open("m");
    Sink a = open();
    takeOver();
    long repairs = meters.get(CounterName.STREAM_REPAIRS);
    publishSlowly();
    assertThatItWasTakenOver(a, repairs);
  }

  /** The younger one's attach reaches the next owner before the older one attaches anew. */
  @Test
  void aTakeoverThatCrossesAFailoverHolds() {
    MessageLog log = log();
    start(log, "l");
    Sink a = open();
    time.pass(500);
    owner.leave(true);
    owner = owner(log, 2);
    open(); // was held back while the channel moved
    time.pass(0);
    edge.moved(new OwnerChanged("x", 2));
    long repairs = meters.get(CounterName.STREAM_REPAIRS);
    publishSlowly();
    assertThatItWasTakenOver(a, repairs);
  }

  /** It was on its way when its client gave up and went to another node, as behind a cut line. */
  @Test
  void aQuestionForAStreamThatNobodyWantsAnyMoreTakesNothingOver() {
    start(log(), "l");
    late = question -> question instanceof ChannelRequest.Attach;
    lateByMs = 6_000;
    open(elsewhere, "l");
    late = question -> false;
    time.pass(5_500);
    Sink next = open();
    publishSlowly();
    assertThat(next.ended).isFalse();
    assertThat(next.lines()).hasSize(MESSAGES).allMatch(line -> line.endsWith(" t"));
    assertThat(owner.streams()).hasSize(1);
  }

  /** As a frozen node does that finds a client's request, and then that the client has gone. */
  @Test
  void norDoesOneWhoseClientLeavesBeforeItIsAnswered() {
    start(log(), "l");
    Sink stays = open();
    time.pass(500);
    Sink leaves = open(elsewhere, "l");
    leaves.stream.lost();
    publishSlowly();
    assertThat(stays.ended).isFalse();
    assertThat(stays.lines()).hasSize(MESSAGES).allMatch(line -> line.endsWith(" t"));
    assertThat(owner.streams()).hasSize(1);
  }

  @Test
  void aStreamThatAttachesAnewIsNotTakenOverByOneThatNobodyWantsAnyMore() {
    attachesAnewBesideOneThatIsGone(false);
  }

  @Test
  void norByOneOfItsOwnEdge() {
    attachesAnewBesideOneThatIsGone(true);
  }

  /** A new owner has attached the other one, and that it was given up was lost. */
  private void attachesAnewBesideOneThatIsGone(boolean atOneEdge) {
    MessageLog log = log();
    start(log, "l");
    Sink stays = open();
    time.pass(500);
    lost = message -> message instanceof ChannelRequest.Detach;
    Sink gone = open(atOneEdge ? edge : elsewhere, "l");
    gone.stream.lost();
    owner.leave(true);
    owner = owner(log, 2);
    time.pass(10);
    assertThat(owner.streams()).hasSize(1);
    lost = message -> false;
    edge.moved(new OwnerChanged("x", 2));
    publishSlowly();
    assertThat(stays.ended).isFalse();
    assertThat(stays.lines()).hasSize(MESSAGES).allMatch(line -> line.endsWith(" t"));
    assertThat(owner.streams()).hasSize(1);
  }

  /** Which of the two has the listener, the owner knows. */
  @Test
  void aMessageForAListenerReachesTheStreamThatHasItWhileAYoungerOneAsksInVain() {
    MessageLog log = log();
    start(log, "l");
    Sink a = open();
    time.pass(500);
    moveTo(2, log, again -> true);
    open(); // takes over from nobody that the owner knows of
    time.pass(50);
    moveTo(3, log, again -> again.origin() > 1);
    time.pass(50);
    owner.publish("l", "m");
    time.pass(50);
    assertThat(a.lines()).hasSize(1).allMatch(line -> line.endsWith(" t"));
  }

  /** The channel has this owner now, whom it does not reach that some streams attach anew. */
  private void moveTo(long term, MessageLog log, Predicate<ChannelRequest.Reattach> inVain) {
    owner.leave(true);
    owner = owner(log, term);
    lost = message -> message instanceof ChannelRequest.Reattach again && inVain.test(again);
    edge.moved(new OwnerChanged("x", term));
  }

  @Test
  void aLoneStreamGetsNoHeartbeatsFromAnOwnerThatNeverProvesItself() {
    start(log(), "l");
    proof = Future.failedFuture(new UnavailableException("no quorum"));
    Sink a = open();
    time.pass(4 * INTERVAL_MS);
    a.heartbeats = 0;
    time.pass(60 * INTERVAL_MS);
    assertThat(a.heartbeats).isZero();
    assertThat(a.ended).isTrue();
  }

  @Test
  void anOwnerThatMissesADemotionKeepsWhatTheStreamHasNotRead() {
    retention = SimulatedOwner.KEEPS_UNREAD;
    start(log(), "l", "m");
    Sink slow = open();
    Sink fast = open("m");
    time.pass(1_200);
    slow.hold();
    owner.publish(null, "1");
    lost = message -> message instanceof ChannelRequest.Demote;
    time.pass(150); // longer than the lag time
    lost = message -> false;
    for (int i = 2; i <= 10; i++) {
      owner.publish(null, "" + i);
      time.pass(10);
    }
    time.pass(150);
    slow.release();
    time.pass(10 * INTERVAL_MS);
    assertThat(fast.lines()).hasSize(10);
    assertThat(slow.lines()).hasSize(10).allMatch(line -> line.endsWith(" t"));
  }

  @Test
  void twoStreamsGetNoHeartbeatsFromAnOwnerThatNeverProvesItself() {
    start(log(), "l", "m");
    proof = Future.failedFuture(new UnavailableException("no quorum"));
    Sink a = open();
    Sink b = open("m");
    time.pass(4 * INTERVAL_MS);
    a.heartbeats = 0;
    b.heartbeats = 0;
    time.pass(60 * INTERVAL_MS);
    assertThat(a.heartbeats + b.heartbeats).isZero();
    assertThat(a.ended && b.ended).isTrue();
  }

  /** The streams end meanwhile, and come back. */
  @Test
  void aChannelThatDoesNotConfirmItsStreamsIsTroubleUntilItDoesOrIsLeftAlone() {
    Sink sink = openWithoutQuorum();
    time.pass(5_500);
    assertThat(edge.troubles()).isEmpty();
    time.pass(1_000);
    for (int i = 0; i < 30; i++) {
      assertThat(edge.troubles()).containsExactly("channels do not confirm their streams: x");
      if (sink.ended) {
        sink = open();
      }
      time.pass(1_000);
    }
    proof = Future.succeededFuture();
    time.pass(3_000);
    assertThat(edge.troubles()).isEmpty();
    proof = Future.failedFuture(new UnavailableException("no quorum"));
    while (!sink.ended) {
      time.pass(1_000);
    }
    assertThat(edge.troubles()).hasSize(1);
    time.pass(16_000); // nobody comes back
    assertThat(edge.troubles()).isEmpty();
  }

  /** As a node that was cut off: its clients have gone elsewhere, and the owner is the same. */
  @Test
  void aChannelWithoutStreamsHereIsAskedWhetherItsOwnerIsWell() {
    Sink sink = openWithoutQuorum();
    while (!sink.ended) {
      time.pass(1_000);
    }
    time.pass(3_000);
    assertThat(edge.troubles()).hasSize(1);
    proof = Future.succeededFuture();
    time.pass(500);
    assertThat(edge.troubles()).isEmpty();
  }

  /** As a node that was frozen, whose clients have gone elsewhere. */
  @Test
  void aChannelThatHasEndedAllStreamsHereIsNoTroubleAnyMore() {
    Sink sink = openWithoutQuorum();
    time.pass(6_500);
    assertThat(edge.troubles()).hasSize(1);
    open(elsewhere, "l");
    time.pass(100);
    assertThat(sink.lines()).containsExactly(TAKEN_OVER);
    assertThat(edge.troubles()).isEmpty();
  }

  /** As a node that was cut off: its clients have gone elsewhere before the cut heals. */
  @Test
  void aChannelWithoutStreamsHereIsNoTroubleAnyMoreWhenItsOwnerIsWithinReachAgain() {
    Sink sink = openWithoutQuorum();
    time.pass(6_500);
    sink.stream.lost();
    time.pass(100);
    assertThat(edge.troubles()).hasSize(1);
    edge.moved(new OwnerChanged("another", 2));
    assertThat(edge.troubles()).hasSize(1);
    edge.moved(new OwnerChanged("x", 2));
    assertThat(edge.troubles()).isEmpty();
  }

  @Test
  void aStreamOfAnOutdatedOwnerWaitsBeforeItAttachesAnew() {
    start(log(), "l");
    open();
    time.pass(500);
    fetches = 0;
    edge.moved(new OwnerChanged("x", 2)); // heard before the former owner has gone
    time.pass(500);
    assertThat(fetches).isLessThan(20);
  }

  @Test
  void howOftenItAttachesAnewDoesNotGrowWithTheNewsThatItHasHeard() {
    start(log(), "l");
    open();
    time.pass(500);
    for (int i = 0; i < 10; i++) {
      edge.moved(new OwnerChanged("x", 2));
      time.pass(40);
    }
    reattaches = 0;
    time.pass(2_000);
    assertThat(reattaches).isBetween(1, 5);
  }

  /** The owner is told by both sides of the question that it is over. */
  @Test
  void aStreamThatLeavesWhileItAttachesAnewInVainIsNotLeftBehind() {
    start(log(), "l");
    Sink sink = open();
    time.pass(1_500);
    lost = message -> message instanceof ChannelRequest.Reattach;
    edge.moved(new OwnerChanged("x", 1));
    time.pass(10);
    sink.stream.lost();
    lost = message -> false;
    time.pass(10);
    assertThat(owner.streams()).isEmpty();
  }

  /** What the edge says of the others counts for no cursor then, but shows that it is well. */
  @Test
  void anEdgeWhoseStreamHasLeftUnheardIsNotGivenUpWhileMuchIsPublished() {
    intervalMs = 60_000;
    start(log(), "l", "m");
    Sink leaves = open();
    Sink stays = open("m");
    time.pass(30_000);
    lost = message -> message instanceof ChannelRequest.Detach;
    leaves.stream.lost();
    time.pass(20);
    lost = message -> false;
    for (int i = 0; i < 2_000; i++) {
      for (int k = 0; k < 50; k++) {
        owner.publish(null, "m");
      }
      time.pass(1);
    }
    time.pass(1_000);
    assertThat(stays.ended).isFalse();
    assertThat(stays.lines()).hasSize(100_000);
    assertThat(owner.streams()).hasSize(1); // the edge was asked for a statement at once
  }

  /** The streams' time with the former owner, which could prove nothing, is not the new one's. */
  @Test
  void aNewOwnerHasTheTimeThatAStreamWaits() {
    MessageLog log = log();
    start(log, "l");
    List<Sink> sinks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sinks.add(open(null));
    }
    time.pass(2_000);
    proof = Future.failedFuture(new UnavailableException("no quorum"));
    while (meters.get(CounterName.STREAM_REPAIRS) < 20) {
      time.pass(50);
    }
    time.pass(6_900);
    long left = sinks.stream().filter(sink -> !sink.ended).count();
    assertThat(left).isPositive();
    proof = Future.succeededFuture();
    opening = true;
    moveTo(2, log, again -> false);
    time.pass(300);
    opening = false;
    time.pass(10 * INTERVAL_MS);
    assertThat(sinks.stream().filter(sink -> !sink.ended).count()).isEqualTo(left);
  }

  @Test
  void aChannelThatIsWellAgainIsNoTroubleToClientsThatStayForAMomentOnly() {
    intervalMs = 7_500;
    Sink sink = openWithoutQuorum();
    time.pass(20_000);
    assertThat(edge.troubles()).hasSize(1);
    proof = Future.succeededFuture();
    sink.stream.lost();
    for (int i = 0; i < 70; i++) {
      Sink poll = open();
      time.pass(1_000);
      poll.stream.lost();
      time.pass(100);
    }
    assertThat(edge.troubles()).isEmpty();
  }

  /** Opens a stream of a channel that cannot prove that it is the owner, so confirms nothing. */
  private Sink openWithoutQuorum() {
    start(log(), "l");
    proof = Future.failedFuture(new UnavailableException("no quorum"));
    return open();
  }

  private Sink open() {
    return open("l");
  }

  private Sink open(String listener) {
    return open(edge, listener);
  }

  private Sink open(SimulatedEdge at, String listener) {
    Sink sink = new Sink();
    sink.stream = at.open("x", listener, null);
    sink.stream.whenAttached().onSuccess(sink::begin).onFailure(e -> sink.ended = true);
    return sink;
  }

  private final class Sink implements StreamSink {
    private final StringBuilder text = new StringBuilder();
    private final List<Promise<Void>> held = new ArrayList<>();
    private EdgeStream stream;
    private boolean holds;
    private boolean ended;
    private int heartbeats;

    private void begin(EdgeStream opened) {
      opened.begin(this);
    }

    List<String> lines() {
      return text.toString().lines().toList();
    }

    void hold() {
      holds = true;
    }

    void release() {
      holds = false;
      List.copyOf(held).forEach(Promise::complete);
    }

    @Override
    public Future<Void> write(Buffer bytes) {
      if (bytes.toString().startsWith(":")) {
        heartbeats++;
      } else {
        text.append(bytes);
      }
      if (!holds) {
        return Future.succeededFuture();
      }
      Promise<Void> promise = Promise.promise();
      held.add(promise);
      return promise.future();
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void end(Buffer last) {
      ended = true;
      if (last != null) {
        text.append(last);
      }
    }

    @Override
    public void abort() {
      ended = true;
    }
  }

  private final class Channels implements ChannelLink {
    @Override
    @SuppressWarnings("unchecked")
    public <T> Future<T> ask(String channel, ChannelRequest question) {
      Promise<T> answer = Promise.promise();
      loop.after(5_000, () -> answer.tryFail(new UnavailableException("no answer")));
      fetches += question instanceof ChannelRequest.Fetch ? 1 : 0;
      reattaches += question instanceof ChannelRequest.Reattach ? 1 : 0;
      if (opening) {
        loop.after(1, () -> answer.tryFail(new UnavailableException("it is opened")));
      } else if (!lost.test(question)) {
        loop.after(
            late.test(question) ? lateByMs : 1,
            () ->
                owner
                    .answer(question)
                    .onComplete(
                        done ->
                            loop.after(
                                1,
                                () -> {
                                  if (done.succeeded()) {
                                    answer.tryComplete((T) done.result());
                                  } else {
                                    answer.tryFail(done.cause());
                                  }
                                })));
      }
      return answer.future();
    }

    @Override
    public <T> Future<T> askLong(String channel, ChannelRequest question) {
      return ask(channel, question);
    }

    @Override
    public void tell(String channel, ChannelRequest news) {
      if (!lost.test(news)) {
        loop.after(1, () -> owner.told(news));
      }
    }
  }

  private SimulatedEdge at(String address) {
    return address.equals(edge.address()) ? edge : elsewhere;
  }

  private final class Edges implements EdgeLink {
    @Override
    public void tell(String address, ChannelResponse news) {
      if (!lost.test(news)) {
        loop.after(1, () -> at(address).told(news));
      }
    }

    @Override
    public Future<Boolean> wants(String address, ChannelResponse.StillWanted question) {
      Promise<Boolean> answer = Promise.promise();
      loop.after(2_000, () -> answer.tryFail(new UnavailableException("no answer")));
      loop.after(
          1,
          () -> {
            boolean wanted = at(address).wants(question);
            loop.after(1, () -> answer.tryComplete(wanted));
          });
      return answer.future();
    }

    @Override
    public Future<Long> end(String address, ChannelResponse.End end) {
      Promise<Long> answer = Promise.promise();
      loop.after(2_000, () -> answer.tryFail(new UnavailableException("no answer")));
      if (!lost.test(end)) {
        loop.after(
            1,
            () -> {
              if (!at(address)
                  .end(end, written -> loop.after(1, () -> answer.tryComplete(written)))) {
                answer.tryComplete(-1L);
              }
            });
      }
      return answer.future();
    }
  }
}
