package io.eric.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A link in simulated time, over connections whose other side is the test. */
class LinkTest {

  private static final List<String> EVENTS =
      List.of(
          "start", "dialled", "not dialled", "greeted", "refused", "accepted", "ended", "close");

  /** How a link of the node that dials, or else of the other one, comes into a state. */
  private static final Map<LinkState, List<String>> WAYS =
      Map.of(
          LinkState.IDLE, List.of(),
          LinkState.CONNECTING, List.of("start"),
          LinkState.GREETING, List.of("start", "dialled"),
          LinkState.UP, List.of("accepted"),
          LinkState.WAITING, List.of("start", "not dialled"),
          LinkState.CLOSED, List.of("close"));

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final Meters meters = new Meters();
  private final List<Promise<Wire>> dials = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private final Questions questions = new Questions(loop::nanoTime);
  private FakeWire wire = new FakeWire();
  private Link link = link("1", "2");

  private Link link(String own, String other) {
    return new Link(
        new Peer(other, "host", 1),
        new Greeting(new LinkIdentity("eric", own, "own life")),
        LinkSettings.at("host", 0),
        loop,
        (host, port) -> dial(),
        meters,
        new Told());
  }

  private Future<Wire> dial() {
    Promise<Wire> dialled = Promise.promise();
    dials.add(dialled);
    return dialled.future();
  }

  private final class Told implements Link.Events {
    @Override
    public void up(Link up, String life) {
      told.add("up " + life);
    }

    @Override
    public void down(Link down) {
      questions.lost(down.node());
      told.add("down");
    }

    @Override
    public void gone(Link gone, String life) {
      told.add("gone " + life);
    }

    @Override
    public void frame(Link from, Frame frame) {
      frames.add(frame);
    }
  }

  private static Frame.Hello hello(String node, String life) {
    return new Frame.Hello(FrameCodec.VERSION, new LinkIdentity("eric", node, life));
  }

  private Promise<Wire> lastDial() {
    if (dials.isEmpty()) {
      link.start();
    }
    return dials.get(dials.size() - 1);
  }

  /** Makes the event happen as far as the state has a cause for it. */
  private void happens(String event) {
    switch (event) {
      case "start" -> link.start();
      case "dialled" -> {
        wire = new FakeWire();
        lastDial().complete(wire);
      }
      case "not dialled" -> lastDial().fail("refused");
      case "greeted" -> link.frame(FrameCodec.write(hello("2", "a")));
      case "refused" -> link.frame(FrameCodec.write(new Frame.Refused("no")));
      case "accepted" -> {
        wire = new FakeWire();
        link.accepted(wire, "a");
      }
      case "ended" -> link.ended("reset");
      case "close" -> link.close();
      default -> throw new AssertionError(event);
    }
  }

  private void in(LinkState state) {
    WAYS.get(state).forEach(this::happens);
    assertThat(link.state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          IDLE,       start,       CONNECTING
          IDLE,       greeted,     error
          IDLE,       refused,     error
          IDLE,       accepted,    UP
          IDLE,       ended,       IDLE
          IDLE,       close,       CLOSED
          CONNECTING, start,       CONNECTING
          CONNECTING, dialled,     GREETING
          CONNECTING, not dialled, WAITING
          CONNECTING, greeted,     error
          CONNECTING, refused,     error
          CONNECTING, accepted,    error
          CONNECTING, ended,       CONNECTING
          CONNECTING, close,       CLOSED
          GREETING,   start,       GREETING
          GREETING,   greeted,     UP
          GREETING,   refused,     WAITING
          GREETING,   accepted,    error
          GREETING,   ended,       WAITING
          GREETING,   close,       CLOSED
          UP,         start,       UP
          UP,         greeted,     UP
          UP,         refused,     UP
          UP,         accepted,    UP
          UP,         ended,       WAITING
          UP,         close,       CLOSED
          WAITING,    start,       CONNECTING
          WAITING,    greeted,     error
          WAITING,    refused,     error
          WAITING,    accepted,    error
          WAITING,    ended,       WAITING
          WAITING,    close,       CLOSED
          CLOSED,     start,       CLOSED
          CLOSED,     greeted,     error
          CLOSED,     refused,     error
          CLOSED,     accepted,    CLOSED
          CLOSED,     ended,       CLOSED
          CLOSED,     close,       CLOSED
          """)
  void eachEventInEachState(LinkState state, String event, String cell) {
    in(state);
    boolean error = cell.equals("error");
    if (error) {
      assertThatThrownBy(() -> happens(event))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("the link to node 2 is " + state);
    } else {
      happens(event);
    }
    assertThat(link.state()).isEqualTo(error ? state : LinkState.valueOf(cell));
    assertThat(meters.get(CounterName.STATE_ERRORS_EVENT)).isEqualTo(error ? 1 : 0);
  }

  /** An attempt has an outcome only where one is under way, or was when the link was closed. */
  @Test
  void theTableHasAllStatesAndEvents() throws Exception {
    CsvSource table =
        LinkTest.class
            .getDeclaredMethod("eachEventInEachState", LinkState.class, String.class, String.class)
            .getAnnotation(CsvSource.class);
    Set<String> rows = new TreeSet<>();
    for (String row : table.textBlock().lines().toList()) {
      List<String> cells = Arrays.stream(row.split(",")).map(String::strip).toList();
      rows.add(LinkState.valueOf(cells.get(0)) + " " + cells.get(1));
    }
    Set<String> expected = new TreeSet<>();
    for (LinkState state : LinkState.values()) {
      for (String event : EVENTS) {
        if (state == LinkState.CONNECTING || !event.contains("dialled")) {
          expected.add(state + " " + event);
        }
      }
    }
    assertThat(rows).isEqualTo(expected);
  }

  @Test
  void aConnectionThatComesAfterTheCloseIsClosed() {
    in(LinkState.CONNECTING);
    link.close();
    happens("dialled");
    assertThat(wire.closed).isTrue();
    happens("accepted");
    assertThat(wire.closed).isTrue();
    assertThat(link.state()).isEqualTo(LinkState.CLOSED);
  }

  @Test
  void theNodeWithTheGreaterNameOnlyAccepts() {
    link = link("2", "1");
    link.start();
    assertThat(dials).isEmpty();
    link.accepted(wire, "a");
    wire.ends();
    time.pass(10_000);
    assertThat(link.state()).isEqualTo(LinkState.IDLE);
    assertThat(dials).isEmpty();
    assertThat(told).containsExactly("up a", "down", "gone a");
  }

  private void connect(String life) {
    link.start();
    happens("dialled");
    wire.says(hello("2", life));
    assertThat(link.state()).isEqualTo(LinkState.UP);
  }

  @Test
  void bothSidesGreet() {
    connect("a");
    assertThat(wire.written)
        .containsExactly(
            new Frame.Hello(FrameCodec.VERSION, new LinkIdentity("eric", "1", "own life")));
    link = link("2", "1");
    FakeWire accepted = new FakeWire();
    link.accepted(accepted, "b");
    assertThat(accepted.written).hasSize(1).first().isInstanceOf(Frame.Hello.class);
    assertThat(told).containsExactly("up a", "up b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "cluster", "node", "itself", "twin"})
  void aGreetingThatIsNotTheOthersIsRefused(String wrong) {
    in(LinkState.GREETING);
    wire.says(
        switch (wrong) {
          case "version" -> new Frame.Hello(FrameCodec.VERSION + 1, null);
          case "cluster" ->
              new Frame.Hello(FrameCodec.VERSION, new LinkIdentity("other", "2", "a"));
          case "node" -> hello("3", "a");
          case "itself" -> hello("1", "own life");
          default -> hello("1", "a");
        });
    assertThat(link.state()).isEqualTo(LinkState.WAITING);
    assertThat(wire.closed).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void thePausesBetweenAttemptsGrowToASecondAndVary() {
    link.start();
    List<Long> at = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      happens("not dialled");
      int before = dials.size();
      long since = time.now();
      while (dials.size() == before) {
        time.pass(1);
      }
      at.add((time.now() - since) / 1_000_000);
    }
    assertThat(at.get(0)).isBetween(50L, 100L);
    assertThat(at.get(1)).isBetween(100L, 200L);
    assertThat(at.subList(5, 40)).allMatch(ms -> ms >= 500 && ms <= 1_000);
    assertThat(Set.copyOf(at.subList(5, 40))).hasSizeGreaterThan(5);
  }

  @Test
  void afterAConnectionTheFirstPauseIsShortAgain() {
    link.start();
    for (int i = 0; i < 10; i++) {
      happens("not dialled");
      time.pass(1_000);
    }
    happens("dialled");
    wire.says(hello("2", "a"));
    int before = dials.size();
    wire.ends();
    time.pass(100);
    assertThat(dials).hasSize(before + 1);
  }

  @Test
  void heartbeatsGoOutEachInterval() {
    connect("a");
    for (int i = 0; i < 10; i++) {
      time.pass(1_000);
      wire.says(new Frame.Heartbeat());
    }
    assertThat(wire.written.stream().filter(Frame.Heartbeat.class::isInstance)).hasSize(10);
    assertThat(link.state()).isEqualTo(LinkState.UP);
    assertThat(frames).isEmpty();
  }

  @Test
  void aNodeThatIsSilentIsDownAndGone() {
    connect("a");
    time.pass(2_900);
    assertThat(told).containsExactly("up a");
    time.pass(400);
    assertThat(told).containsExactly("up a", "down", "gone a");
    assertThat(wire.closed).isTrue();
  }

  @Test
  void aConnectionThatIsLostIsGoneOnlyIfNoneComesInTime() {
    connect("a");
    wire.ends();
    time.pass(1_000);
    happens("dialled");
    wire.says(hello("2", "a"));
    time.pass(1_900);
    assertThat(told).containsExactly("up a", "down", "up a");
    wire.ends();
    time.pass(2_100);
    assertThat(told).containsExactly("up a", "down", "up a", "down", "gone a");
    happens("dialled");
    wire.says(hello("2", "a"));
    assertThat(told).endsWith("gone a", "up a");
  }

  @Test
  void aNewLifeMeansThatTheFormerOneIsGone() {
    connect("a");
    wire.ends();
    time.pass(100);
    happens("dialled");
    wire.says(hello("2", "b"));
    assertThat(told).containsExactly("up a", "down", "gone a", "up b");
    time.pass(2_500);
    assertThat(told).hasSize(4);
  }

  @Test
  void aNewConnectionReplacesTheFormerOne() {
    link = link("2", "1");
    link.accepted(wire, "a");
    long session = link.session();
    FakeWire second = new FakeWire();
    link.accepted(second, "a");
    assertThat(wire.closed).isTrue();
    assertThat(second.closed).isFalse();
    assertThat(link.session()).isNotEqualTo(session);
    assertThat(told).containsExactly("up a", "down", "up a");
    link.accepted(new FakeWire(), "b");
    assertThat(told).endsWith("down", "gone a", "up b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sends", "hears", "ticks"})
  void aNodeThatThawsGreetsAgainBeforeItUsesAConnection(String first) {
    connect("a");
    FakeWire old = wire;
    loop.freeze();
    time.pass(5_000);
    switch (first) {
      case "sends" -> {
        link.outbox().add(FrameCodec.write(new Frame.Send("x", "late")), null);
        link.flush();
      }
      case "hears" -> old.says(new Frame.Send("x", "said long ago"));
      default -> {}
    }
    loop.thaw();
    assertThat(old.closed).isTrue();
    assertThat(old.messages()).isEmpty();
    assertThat(frames).isEmpty();
    assertThat(told).containsExactly("up a", "down");
    time.pass(100);
    happens("dialled");
    wire.says(hello("2", "a"));
    time.pass(2_500);
    assertThat(told).containsExactly("up a", "down", "up a");
  }

  @Test
  void aGreetingThatIsNotAnsweredIsGivenUp() {
    in(LinkState.GREETING);
    time.pass(4_900);
    assertThat(wire.closed).isFalse();
    time.pass(400);
    assertThat(wire.closed).isTrue();
    assertThat(link.state()).isNotEqualTo(LinkState.GREETING);
  }

  @Test
  void whatIsNotUnderstoodIsCountedAndTheConnectionGoesOn() {
    connect("a");
    link.frame(new byte[] {99});
    wire.says(hello("2", "a"));
    wire.says(new Frame.Refused("late"));
    assertThat(meters.get(CounterName.LINK_FRAMES_IGNORED)).isEqualTo(3);
    wire.says(new Frame.Send("x", "y"));
    assertThat(frames).containsExactly(new Frame.Send("x", "y"));
  }

  @Test
  void aPeerAtAnotherAddressIsTriedThereAtOnce() {
    in(LinkState.WAITING);
    link.moved(new Peer("2", "elsewhere", 1));
    assertThat(dials).hasSize(2);
    time.pass(5_000);
    assertThat(dials).hasSize(2);
  }

  private Future<@Nullable Object> ask() {
    Promise<@Nullable Object> answer = Promise.promise();
    Question question = questions.to("2", 60_000, answer);
    link.outbox().add(FrameCodec.write(new Frame.Request(question.id(), "x", 1, "y")), question);
    return answer.future();
  }

  private static ReplyFailure type(Future<?> failed) {
    return ((ReplyException) failed.cause()).failureType();
  }

  @Test
  void aQuestionThatWasWrittenIsUncertainAndOneThatWaitsIsCertainlyNotAsked() {
    connect("a");
    var written = ask();
    link.flush();
    wire.full = true;
    var waiting = ask();
    link.flush();
    wire.ends();
    assertThat(type(written)).isEqualTo(ReplyFailure.TIMEOUT);
    assertThat(type(waiting)).isEqualTo(ReplyFailure.NO_HANDLERS);
    var later = ask();
    link.flush();
    assertThat(type(later)).isEqualTo(ReplyFailure.NO_HANDLERS);
    assertThat(meters.get(CounterName.LINK_DROPPED_DOWN)).isEqualTo(2);
  }

  @Test
  void whatGoesOutInOneTurnIsOneWriteAndAFullConnectionIsWaitedFor() {
    connect("a");
    int before = wire.writes;
    for (int i = 0; i < 100; i++) {
      link.outbox().add(FrameCodec.write(new Frame.Send("x", i)), null);
    }
    link.flush();
    assertThat(wire.writes).isEqualTo(before + 1);
    assertThat(wire.messages()).hasSize(100);
    wire.full = true;
    link.outbox().add(FrameCodec.write(new Frame.Send("x", 100)), null);
    link.flush();
    assertThat(wire.messages()).hasSize(100);
    wire.drains();
    assertThat(wire.messages()).hasSize(101);
    assertThat(link.outbox().size()).isZero();
  }
}
