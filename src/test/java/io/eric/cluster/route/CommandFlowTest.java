package io.eric.cluster.route;

import static io.eric.cluster.route.FakeCaller.FETCH;
import static io.eric.cluster.route.FakeCaller.LIST;
import static io.eric.cluster.route.FakeCaller.REMOVAL;
import static io.eric.cluster.route.FakeCaller.STOP;
import static io.eric.cluster.route.FakeCaller.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.route.CommandFlow.State;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest.TakeNext;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When the commands for a channel go to its owner. */
class CommandFlowTest {

  private static final long PATIENCE_MS = 4_800;

  private final SimulatedTime time = new SimulatedTime();
  private final FakeLinks links = new FakeLinks();
  private final Meters meters = new Meters();
  private final WaitingBudget budget = new WaitingBudget(10_000);
  private final FakeObserver observer = new FakeObserver();
  private final FakeOrders orders = new FakeOrders();
  private final CommandFlow flow =
      new CommandFlow(
          new RouteParts(new SimulatedLoop(time), links, budget, meters, observer),
          "x",
          new Forwarding(links, "eric.channel.x"),
          orders);

  // ---- the table of states

  @ParameterizedTest
  @CsvSource({
    "UNSERVED, SERVED, PROBING",
    "UNSERVED, UNSERVED, UNSERVED",
    "UNSERVED, CLOSE, CLOSED",
    "PROBING, SERVED, PROBING",
    "PROBING, UNSERVED, UNSERVED",
    "PROBING, ANSWERED, FLOWING",
    "PROBING, REFUSED, FLOWING",
    "PROBING, BROKEN, FLOWING",
    "PROBING, NOT_DONE, PROBING",
    "PROBING, SILENT, PROBING",
    "PROBING, CLOSE, CLOSED",
    "FLOWING, SERVED, PROBING",
    "FLOWING, UNSERVED, UNSERVED",
    "FLOWING, ANSWERED, FLOWING",
    "FLOWING, REFUSED, FLOWING",
    "FLOWING, BROKEN, FLOWING",
    "FLOWING, NOT_DONE, PROBING",
    "FLOWING, SILENT, PROBING",
    "FLOWING, CLOSE, CLOSED",
    "CLOSED, SERVED, CLOSED",
    "CLOSED, UNSERVED, CLOSED",
    "CLOSED, CLOSE, CLOSED",
  })
  void states(State from, String event, State to) {
    bring(from);
    switch (event) {
      case "SERVED" -> flow.served("you");
      case "UNSERVED" -> flow.unserved();
      case "CLOSE" -> flow.close();
      case "ANSWERED" -> links.answerAll("a");
      case "REFUSED" -> links.failAll(FakeLinks.refusal(400));
      case "BROKEN" -> links.failAll(FakeLinks.BROKEN);
      case "NOT_DONE" -> links.failAll(FakeLinks.NOT_DONE);
      case "SILENT" -> links.failAll(FakeLinks.SILENT);
      default -> throw new IllegalArgumentException(event);
    }
    assertThat(flow.state()).isEqualTo(to);
  }

  /** Brings the flow into a state, with a command that waits or is under way. */
  private void bring(State state) {
    if (state == State.FLOWING) {
      open("you");
    } else if (state == State.PROBING) {
      flow.served("you");
    } else if (state == State.CLOSED) {
      flow.close();
    }
    ask(LIST);
    assertThat(flow.state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"UNSERVED, 0, 0", "PROBING, 1, 0", "FLOWING, 1, 1"})
  void whatComesIsSentWhereTheOwnerIsOpen(State state, int pings, int commands) {
    bring(state);
    assertThat(links.pings()).isEqualTo(pings);
    assertThat(links.commands()).hasSize(commands);
  }

  @ParameterizedTest
  @CsvSource({"UNSERVED, 0", "PROBING, 1", "FLOWING, 1", "CLOSED, 0"})
  void whatIsNotAnsweredIsSentToAnOwnerOrDropped(State state, int sent) {
    bring(state);
    flow.tell(FETCH);
    assertThat(links.sent).hasSize(sent);
  }

  @Test
  void aClosedFlowRefusesWhatComes() {
    flow.close();
    assertThat(ask(LIST).code).isEqualTo(404);
    assertThat(budget.callers()).isZero();
  }

  // ---- before the owner is open

  @Test
  void commandsWaitForAnOwnerAndForItsChannelToBeOpenAndKeepTheirOrder() {
    FakeCaller first = ask(batch("1"));
    ask(STOP);
    flow.served("you");
    ask(batch("2"));
    assertThat(links.commands()).isEmpty();
    assertThat(links.pings()).isEqualTo(1);

    links.failAll(FakeLinks.NOT_DONE);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    links.answerAll("pong");
    assertThat(links.commands()).containsExactly(batch("1"), STOP, batch("2"));
    assertThat(links.last().node()).isEqualTo("you");
    ask(LIST);
    assertThat(links.commands()).hasSize(4);
    assertThat(first.isWaiting()).isTrue();
    links.answerAll("done");
    assertThat(first.answer).isEqualTo("done");
    assertThat(orders.done).containsExactly(batch("1"), STOP, batch("2"), LIST);
    assertThat(budget.used()).isZero();
  }

  @Test
  void ordersAreSaidBeforeCommands() {
    orders.waiting = true;
    flow.served("you");
    ask(LIST);
    assertThat(orders.said).isZero();
    links.open().get(0).answer().complete("pong");
    assertThat(orders.said).isEqualTo(1);
    assertThat(orders.commandsBefore).isZero();
    assertThat(links.commands()).hasSize(1);
  }

  @Test
  void nothingIsSentForAChannelThatNothingWaitsFor() {
    flow.served("you");
    flow.unserved();
    flow.served("him");
    time.pass(60_000);
    assertThat(links.asked).isEmpty();
    assertThat(observer.missed).isZero();
  }

  @Test
  void pingsComeLessOftenAndEndWhenNothingWaitsAnyMore() {
    flow.served("you");
    ask(LIST);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      times.add(time.now() / 1_000_000);
      links.failAll(FakeLinks.NOT_DONE);
      int before = links.asked.size();
      while (links.asked.size() == before) {
        time.pass(1);
      }
    }
    assertThat(times).containsExactly(0L, 25L, 75L, 175L, 375L, 575L);
    assertThat(observer.missed).isEqualTo(6);

    time.pass(PATIENCE_MS);
    links.failAll(FakeLinks.NOT_DONE);
    long pings = links.pings();
    time.pass(60_000);
    assertThat(links.pings()).isEqualTo(pings);
  }

  @Test
  void aPingHasTheTimeOfAnAttemptAndIsFollowedByAnother() {
    flow.served("you");
    ask(LIST);
    assertThat(links.last().timeoutMs()).isEqualTo(CommandFlow.ATTEMPT_MS);
    links.failAll(FakeLinks.SILENT);
    assertThat(observer.missed).isEqualTo(1);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    assertThat(links.pings()).isEqualTo(2);
  }

  @Test
  void theAnswerOfAFormerOwnerToAPingOpensNothing() {
    flow.served("you");
    ask(LIST);
    FakeLinks.Asked former = links.last();
    flow.served("him");
    former.answer().complete("pong");
    assertThat(flow.state()).isEqualTo(State.PROBING);
    assertThat(links.last().node()).isEqualTo("him");
    links.answerAll("pong");
    assertThat(links.commands()).hasSize(1);
  }

  @Test
  void anOwnerThatIsToldByTheObserverAtOnceIsAskedAtOnce() {
    flow.served("you");
    ask(LIST);
    observer.onMissed = () -> flow.served("him");
    links.failAll(FakeLinks.NOT_DONE);
    assertThat(links.last().node()).isEqualTo("him");
    links.answerAll("pong");
    assertThat(links.last().node()).isEqualTo("him");
    assertThat(links.commands()).containsExactly(LIST);
  }

  // ---- another owner

  @ParameterizedTest
  @MethodSource("repeatable")
  void whatMayBeRepeatedGoesToTheNextOwner(Object command) {
    open("you");
    FakeCaller caller = ask(command);
    FakeLinks.Asked former = links.last();
    open("him");
    assertThat(links.commands()).containsExactly(command, command);
    former.answer().complete("of the former");
    assertThat(caller.isWaiting()).isTrue();
    links.answerAll("done");
    assertThat(caller.answer).isEqualTo("done");
    assertThat(caller.told).isEqualTo(1);
  }

  static Stream<Object> repeatable() {
    return Stream.of(LIST, batch("k"));
  }

  @ParameterizedTest
  @MethodSource("onceOnly")
  void aCommandThatMayHaveBeenDoneIsNotAskedOfTheNextOwner(Object command) {
    open("you");
    FakeCaller caller = ask(command);
    open("him");
    assertThat(links.commands()).containsExactly(command);
    links.answerAll("bob");
    assertThat(caller.answer).isEqualTo("bob");
  }

  @ParameterizedTest
  @MethodSource("onceOnly")
  void itsOutcomeIsUnknownIfTheOwnerIsLost(Object command) {
    open("you");
    FakeCaller caller = ask(command);
    flow.unserved();
    assertThat(caller.isWaiting()).isTrue();
    links.failAll(FakeLinks.SILENT);
    assertThat(caller.code).isEqualTo(503);
    assertThat(caller.text).contains("the outcome is unknown");
    assertThat(budget.used()).isZero();
  }

  static Stream<Object> onceOnly() {
    return Stream.of(STOP, batch(null), new TakeNext("bob"));
  }

  @Test
  void aReadOfAStreamHasToBeMadeAnew() {
    open("you");
    FakeCaller caller = ask(FETCH);
    flow.served("him");
    assertThat(caller.code).isEqualTo(503);
    assertThat(caller.text).contains("the stream has to be opened again");
  }

  @Test
  void whatWaitsForAnOwnerThatIsLostAgainWaitsOn() {
    flow.served("you");
    FakeCaller caller = ask(STOP);
    flow.unserved();
    links.answerAll("pong");
    assertThat(links.commands()).isEmpty();
    open("him");
    links.answerAll("done");
    assertThat(caller.answer).isEqualTo("done");
  }

  // ---- commands that do not reach the channel

  @Test
  void aCommandThatTheOwnerHasNotSeenIsAskedAgainWhateverItIs() {
    open("you");
    FakeCaller caller = ask(STOP);
    links.failAll(FakeLinks.NOT_DONE);
    assertThat(observer.missed).isEqualTo(1);
    FakeCaller next = ask(batch("k"));
    assertThat(links.commands()).containsExactly(STOP);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    links.answerAll("pong");
    assertThat(links.commands()).containsExactly(STOP, STOP, batch("k"));
    links.answerAll("done");
    assertThat(caller.answer).isEqualTo("done");
    assertThat(next.answer).isEqualTo("done");
  }

  @Test
  void manyCommandsThatAreTurnedAwayAreReportedOnceAndStayInOrder() {
    open("you");
    for (int i = 0; i < 5; i++) {
      ask(batch("k" + i));
    }
    links.failAll(FakeLinks.NOT_DONE);
    assertThat(observer.missed).isEqualTo(1);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    links.answerAll("pong");
    assertThat(links.commands().subList(5, 10))
        .containsExactly(batch("k0"), batch("k1"), batch("k2"), batch("k3"), batch("k4"));
  }

  @Test
  void aReadIsAskedAgainWhenTheOwnerIsSilent() {
    open("you");
    FakeCaller caller = ask(LIST);
    assertThat(links.last().timeoutMs()).isEqualTo(CommandFlow.ATTEMPT_MS);
    links.failAll(FakeLinks.SILENT);
    time.pass(CommandFlow.FIRST_PAUSE_MS);
    links.answerAll("pong");
    links.answerAll("done");
    assertThat(caller.answer).isEqualTo("done");
  }

  @ParameterizedTest
  @MethodSource("oneAttempt")
  void oneAttemptHasAllTheTime(Object command) {
    open("you");
    ask(command);
    assertThat(links.last().timeoutMs()).isEqualTo(PATIENCE_MS);
  }

  static Stream<Object> oneAttempt() {
    return Stream.of(STOP, batch("k"), batch(null), FETCH, new TakeNext("bob"));
  }

  @Test
  void theTimeThatIsLeftIsTheTimeOfAnAttempt() {
    open("you");
    flow.ask(LIST, new FakeCaller(), 200);
    assertThat(links.last().timeoutMs()).isEqualTo(200);
  }

  @Test
  void refusalsAndAnswersArePassedOn() {
    open("you");
    FakeCaller caller = ask(STOP);
    links.failAll(FakeLinks.refusal(409));
    assertThat(caller.code).isEqualTo(409);
    assertThat(caller.text).isEqualTo("refused");
    FakeCaller broken = ask(LIST);
    links.failAll(FakeLinks.BROKEN);
    assertThat(broken.code).isEqualTo(503);
    assertThat(orders.done).isEmpty();
  }

  // ---- repeats

  @Test
  void twoPublishersOfTheSameMessageAreBothAnsweredWhenTheOwnerIsAskedOnce() {
    open("you");
    FakeCaller first = ask(batch("k"));
    FakeCaller second = ask(batch("k"));
    assertThat(links.commands()).hasSize(1);
    links.answerAll("done");
    assertThat(first.answer).isEqualTo("done");
    assertThat(second.answer).isEqualTo("done");
  }

  @Test
  void aRepeatOfABatchThatIsOverdueIsSentAgain() {
    open("you");
    FakeCaller first = ask(batch("k"));
    time.pass(CommandFlow.OVERDUE_MS + 1);
    FakeCaller second = ask(batch("k"));
    assertThat(observer.missed).isEqualTo(1);
    assertThat(links.commands()).hasSize(2);
    assertThat(flow.state()).isEqualTo(State.FLOWING);
    links.answerAll("done");
    assertThat(List.of(first.told, second.told)).containsExactly(1, 1);
    assertThat(budget.used()).isZero();
  }

  @Test
  void aRepeatLengthensTheTimeOfABatchThatWaits() {
    FakeCaller first = new FakeCaller();
    flow.ask(batch("k"), first, 100);
    FakeCaller second = new FakeCaller();
    flow.ask(batch("k"), second, 1_000);
    time.pass(900);
    assertThat(second.isWaiting()).isTrue();
    time.pass(200);
    assertThat(List.of(first.code, second.code)).containsExactly(503, 503);
  }

  // ---- the end of waiting

  @ParameterizedTest
  @CsvSource({"200", "1000", "4800", "20000"})
  void aCommandWaitsAsLongAsItsCallerSays(long patienceMs) {
    FakeCaller caller = new FakeCaller();
    flow.ask(batch("k"), caller, patienceMs);
    time.pass(patienceMs - 1);
    assertThat(caller.isWaiting()).isTrue();
    time.pass(1 + CommandFlow.EXPIRY_MS);
    assertThat(caller.code).isEqualTo(503);
    assertThat(caller.text).contains("nobody serves the channel");
    assertThat(budget.used()).isZero();
  }

  @Test
  void eachOfManyCommandsHasAnEndOfItsOwn() {
    List<FakeCaller> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FakeCaller caller = new FakeCaller();
      callers.add(caller);
      flow.ask(batch("k" + i), caller, 2_000 - i * 100L);
    }
    for (int i = 19; i >= 0; i--) {
      assertThat(callers.get(i).isWaiting()).as("%d", i).isTrue();
      time.pass(i == 19 ? 100 + CommandFlow.EXPIRY_MS : 100);
      assertThat(callers.get(i).code).as("%d", i).isEqualTo(503);
    }
  }

  @Test
  void whatIsOverIsNotSentAnyMore() {
    flow.served("you");
    FakeCaller caller = new FakeCaller();
    flow.ask(STOP, caller, 10);
    time.pass(20);
    links.answerAll("pong");
    assertThat(links.commands()).isEmpty();
    assertThat(caller.code).isEqualTo(503);
    FakeCaller late = new FakeCaller();
    flow.ask(STOP, late, 0);
    assertThat(links.commands()).isEmpty();
    assertThat(late.code).isEqualTo(503);
  }

  // ---- bounds

  @Test
  void moreThanTheBytesOfTheNodeIsRefusedAndCounted() {
    budget.take(9_900);
    FakeCaller caller = ask(STOP);
    assertThat(caller.code).isEqualTo(503);
    assertThat(caller.text).contains("9900").contains("10000");
    assertThat(meters.get(CounterName.FORWARDS_REFUSED_BYTES)).isEqualTo(1);
    budget.release(9_900, 1);
    assertThat(ask(STOP).isWaiting()).isTrue();
  }

  // ---- removal

  @Test
  void aRemovalIsAnsweredByTheOwnerAlthoughTheNewsOfItComesFirst() {
    open("you");
    FakeCaller removal = ask(REMOVAL);
    flow.close();
    assertThat(removal.isWaiting()).isTrue();
    links.answerAll("done");
    assertThat(removal.answer).isEqualTo("done");
  }

  @ParameterizedTest
  @CsvSource({"REFUSED, 404, refused", "NOT_DONE, 404, x", "SILENT, 0,", "BROKEN, 0,"})
  void aRemovalThatIsNotAnsweredWhenTheChannelIsGone(String how, int code, String text) {
    open("you");
    FakeCaller removal = ask(REMOVAL);
    flow.close();
    links.failAll(
        switch (how) {
          case "REFUSED" -> FakeLinks.refusal(404);
          case "NOT_DONE" -> FakeLinks.NOT_DONE;
          case "SILENT" -> FakeLinks.SILENT;
          default -> FakeLinks.BROKEN;
        });
    assertThat(removal.code).isEqualTo(code);
    if (code == 0) {
      assertThat(removal.answer).isEqualTo(BusReply.result(BusReply.ACK));
    } else {
      assertThat(String.valueOf(removal.text).toLowerCase(Locale.ROOT)).contains(text);
    }
  }

  @Test
  void whatElseWaitsForARemovedChannelIsRefusedAtOnce() {
    FakeCaller held = ask(REMOVAL);
    open("you");
    FakeCaller sent = ask(STOP);
    flow.served("him");
    FakeCaller heldAgain = ask(REMOVAL);
    flow.close();
    assertThat(List.of(sent.code, heldAgain.code)).containsExactly(404, 404);
    assertThat(held.isWaiting()).isTrue();
    time.pass(60_000);
    assertThat(links.pings()).isEqualTo(2);
  }

  private FakeCaller ask(Object command) {
    FakeCaller caller = new FakeCaller();
    flow.ask(command, caller, PATIENCE_MS);
    return caller;
  }

  /** Makes a node the owner, with an open channel. */
  private void open(String node) {
    flow.served(node);
    orders.waiting = true;
    flow.probe();
    orders.waiting = false;
    FakeLinks.Asked ping = links.last();
    assertThat(ping.isPing()).isTrue();
    ping.answer().complete("pong");
    assertThat(flow.state()).isEqualTo(State.FLOWING);
  }

  private static final class FakeObserver implements RouteObserver {
    private int missed;
    private Runnable onMissed = () -> {};

    @Override
    public void missed(String channel) {
      missed++;
      onMissed.run();
    }

    @Override
    public void moved(String channel, long term) {}
  }

  private final class FakeOrders implements CommandFlow.Orders {
    private final List<Object> done = new ArrayList<>();
    private boolean waiting;
    private int said;
    private int commandsBefore;

    @Override
    public boolean areWaiting() {
      return waiting;
    }

    @Override
    public void ownerIsOpen() {
      said++;
      commandsBefore = links.commands().size();
    }

    @Override
    public void done(Object body) {
      done.add(body);
    }
  }
}
