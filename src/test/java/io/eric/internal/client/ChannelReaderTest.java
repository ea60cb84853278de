package io.eric.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.InvalidListenerException;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.client.ChannelReader.State;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.Detach;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChannelReaderTest {

  private static final Fetched SOME = new Fetched(List.of(entry(11)), 11, false, false);
  private static final Fetched LIVE = new Fetched(List.of(), 10, true, false);
  private static final Fetched NOTHING = new Fetched(List.of(), 10, false, true);
  private static final int DELAY_MS = 50;

  private final SimulatedTime time = new SimulatedTime();
  private final ScriptedChannel channel = new ScriptedChannel();
  private final TakingStream stream = new TakingStream(1, 1);
  private final BookedStreams streams = new BookedStreams(Session.NONE);
  private final Meters meters = new Meters();
  private boolean clustered = true;
  private final ChannelReader reader =
      new ChannelReader(
          channel,
          new SimulatedLoop(time),
          () -> clustered,
          new ChannelReader.Asking("x", "e", "me", true, false, 16, 1_000),
          1,
          new ReaderBook(channel, new SimulatedLoop(time), meters, "x", "e", 1_000, 1_000, streams),
          stream);

  ChannelReaderTest() {
    stream.reader = reader;
    streams.all.add(reader);
  }

  private static Entry entry(long sequence) {
    return new Entry(sequence, 0, null, "t", Payload.NULL, null, null);
  }

  private static Attached attached(Fetched first, long delayMs) {
    return new Attached("me", "epoch", Session.NONE, false, delayMs, 0, first);
  }

  // ---- the table

  /** How each state is come to, from a reader that has asked to be attached. */
  private static final Map<State, List<String>> WAYS =
      Map.of(
          State.OPENING, List.of("attached"),
          State.READING, List.of("attached", "begin", "some"),
          State.WAITING, List.of("attached", "begin", "some", "nothing"),
          State.PAUSED, List.of("attached with delay", "begin"),
          State.DRAINING, List.of("attached", "blocked", "begin"),
          State.LIVE_UNSETTLED, List.of("attached", "begin", "blocked", "live"),
          State.LIVE, List.of("attached", "begin", "live"),
          State.REATTACHING, List.of("attached", "begin", "moved"),
          State.OVER, List.of("attached", "begin", "leave"));

  private static final Set<String> EVENTS =
      Set.of("some", "live", "nothing", "lost", "drained", "wake", "moved", "demote", "pause over");

  private void event(String event) {
    switch (event) {
      case "attached" -> channel.answer(attached(SOME, 0));
      case "attached with delay" -> channel.answer(attached(SOME, DELAY_MS));
      case "begin" -> reader.begin();
      case "some" -> answer(SOME);
      case "live" -> answer(LIVE);
      case "nothing" -> answer(NOTHING);
      case "lost" -> channel.fail(new UnavailableException("lost"));
      case "blocked" -> stream.drained = false;
      case "drained" -> reader.drained();
      case "wake" -> reader.wake();
      case "moved" -> reader.moved();
      case "demote" -> reader.demote();
      case "leave" -> reader.leave(10);
      case "pause over" -> time.pass(DELAY_MS);
      default -> throw new IllegalArgumentException(event);
    }
  }

  /** The kind of answer that the channel's last question wants. */
  private void answer(Fetched batch) {
    channel.answer(channel.last() instanceof Fetch ? batch : attached(batch, 0));
  }

  private void in(State state) {
    reader.open(null);
    WAYS.get(state).forEach(this::event);
    assertThat(reader.state()).isEqualTo(state);
    stream.drained = true;
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          OPENING,     some,       OPENING
          OPENING,     live,       OPENING
          OPENING,     nothing,    OPENING
          OPENING,     lost,       OPENING
          OPENING,     drained,    OPENING
          OPENING,     wake,       OPENING
          OPENING,     moved,      OPENING
          OPENING,     demote,     OPENING
          OPENING,     pause over, OPENING
          READING,     some,       READING
          READING,     live,       LIVE
          READING,     nothing,    WAITING
          READING,     lost,       REATTACHING
          READING,     drained,    READING
          READING,     wake,       READING
          READING,     moved,      REATTACHING
          READING,     demote,     READING
          READING,     pause over, READING
          WAITING,     some,       WAITING
          WAITING,     live,       WAITING
          WAITING,     nothing,    WAITING
          WAITING,     lost,       WAITING
          WAITING,     drained,    WAITING
          WAITING,     wake,       READING
          WAITING,     moved,      REATTACHING
          WAITING,     demote,     WAITING
          WAITING,     pause over, WAITING
          PAUSED,      some,       PAUSED
          PAUSED,      live,       PAUSED
          PAUSED,      nothing,    PAUSED
          PAUSED,      lost,       PAUSED
          PAUSED,      drained,    PAUSED
          PAUSED,      wake,       PAUSED
          PAUSED,      moved,      REATTACHING
          PAUSED,      demote,     PAUSED
          PAUSED,      pause over, READING
          DRAINING,    some,       DRAINING
          DRAINING,    live,       DRAINING
          DRAINING,    nothing,    DRAINING
          DRAINING,    lost,       DRAINING
          DRAINING,    drained,    READING
          DRAINING,    wake,       DRAINING
          DRAINING,    moved,      REATTACHING
          DRAINING,    demote,     DRAINING
          DRAINING,    pause over, DRAINING
          LIVE_UNSETTLED, some,       LIVE_UNSETTLED
          LIVE_UNSETTLED, live,       LIVE_UNSETTLED
          LIVE_UNSETTLED, nothing,    LIVE_UNSETTLED
          LIVE_UNSETTLED, lost,       LIVE_UNSETTLED
          LIVE_UNSETTLED, drained,    LIVE
          LIVE_UNSETTLED, wake,       LIVE_UNSETTLED
          LIVE_UNSETTLED, moved,      REATTACHING
          LIVE_UNSETTLED, demote,     READING
          LIVE_UNSETTLED, pause over, LIVE_UNSETTLED
          LIVE,        some,       LIVE
          LIVE,        live,       LIVE
          LIVE,        nothing,    LIVE
          LIVE,        lost,       LIVE
          LIVE,        drained,    LIVE
          LIVE,        wake,       LIVE
          LIVE,        moved,      REATTACHING
          LIVE,        demote,     READING
          LIVE,        pause over, LIVE
          REATTACHING, some,       READING
          REATTACHING, live,       LIVE
          REATTACHING, nothing,    WAITING
          REATTACHING, lost,       REATTACHING
          REATTACHING, drained,    REATTACHING
          REATTACHING, wake,       REATTACHING
          REATTACHING, moved,      REATTACHING
          REATTACHING, demote,     REATTACHING
          REATTACHING, pause over, REATTACHING
          OVER,        some,       OVER
          OVER,        live,       OVER
          OVER,        nothing,    OVER
          OVER,        lost,       OVER
          OVER,        drained,    OVER
          OVER,        wake,       OVER
          OVER,        moved,      OVER
          OVER,        demote,     OVER
          OVER,        pause over, OVER
          """)
  void eachEventInEachState(State state, String event, State then) {
    in(state);
    event(event);
    assertThat(reader.state()).isEqualTo(then);
  }

  @Test
  void theTableHasAllStatesAndEvents() throws Exception {
    CsvSource table =
        ChannelReaderTest.class
            .getDeclaredMethod("eachEventInEachState", State.class, String.class, State.class)
            .getAnnotation(CsvSource.class);
    Set<String> rows = new TreeSet<>();
    Set<String> events = new TreeSet<>();
    for (String row : table.textBlock().lines().toList()) {
      List<String> cells = Arrays.stream(row.split(",")).map(String::strip).toList();
      rows.add(State.valueOf(cells.get(0)) + " " + cells.get(1));
      events.add(cells.get(1));
    }
    assertThat(WAYS).containsOnlyKeys(State.values());
    assertThat(events).containsExactlyInAnyOrderElementsOf(EVENTS);
    assertThat(rows).hasSize(WAYS.size() * EVENTS.size());
  }

  /** What a stream does when the channel takes it to do something else, and what is told then. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          OPENING,        READING,        OPENING,        -
          OPENING,        WAITING,        OPENING,        -
          OPENING,        LIVE_UNSETTLED, OPENING,        -
          OPENING,        LIVE,           OPENING,        -
          OPENING,        ENDING,         OPENING,        -
          OPENING,        -,              OPENING,        -
          READING,        READING,        READING,        -
          READING,        WAITING,        READING,        -
          READING,        LIVE_UNSETTLED, READING,        -
          READING,        LIVE,           READING,        -
          READING,        ENDING,         READING,        -
          READING,        -,              REATTACHING,    Reattach
          WAITING,        READING,        READING,        Fetch
          WAITING,        WAITING,        WAITING,        -
          WAITING,        LIVE_UNSETTLED, READING,        Fetch
          WAITING,        LIVE,           READING,        Fetch
          WAITING,        ENDING,         WAITING,        -
          WAITING,        -,              REATTACHING,    Reattach
          PAUSED,         READING,        PAUSED,         -
          PAUSED,         WAITING,        PAUSED,         Demote
          PAUSED,         LIVE_UNSETTLED, PAUSED,         Demote
          PAUSED,         LIVE,           PAUSED,         Demote
          PAUSED,         ENDING,         PAUSED,         -
          PAUSED,         -,              REATTACHING,    Reattach
          DRAINING,       READING,        DRAINING,       -
          DRAINING,       WAITING,        DRAINING,       Demote
          DRAINING,       LIVE_UNSETTLED, DRAINING,       Demote
          DRAINING,       LIVE,           DRAINING,       Demote
          DRAINING,       ENDING,         DRAINING,       -
          DRAINING,       -,              REATTACHING,    Reattach
          LIVE_UNSETTLED, READING,        READING,        Demote Fetch
          LIVE_UNSETTLED, WAITING,        READING,        Demote Fetch
          LIVE_UNSETTLED, LIVE_UNSETTLED, LIVE_UNSETTLED, -
          LIVE_UNSETTLED, LIVE,           READING,        Demote Fetch
          LIVE_UNSETTLED, ENDING,         LIVE_UNSETTLED, -
          LIVE_UNSETTLED, -,              REATTACHING,    Reattach
          LIVE,           READING,        READING,        Demote Fetch
          LIVE,           WAITING,        READING,        Demote Fetch
          LIVE,           LIVE_UNSETTLED, LIVE,           Written
          LIVE,           LIVE,           LIVE,           -
          LIVE,           ENDING,         LIVE,           -
          LIVE,           -,              REATTACHING,    Reattach
          REATTACHING,    READING,        REATTACHING,    -
          REATTACHING,    WAITING,        REATTACHING,    -
          REATTACHING,    LIVE_UNSETTLED, REATTACHING,    -
          REATTACHING,    LIVE,           REATTACHING,    -
          REATTACHING,    ENDING,         REATTACHING,    -
          REATTACHING,    -,              REATTACHING,    -
          OVER,           READING,        OVER,           -
          OVER,           WAITING,        OVER,           -
          OVER,           LIVE_UNSETTLED, OVER,           -
          OVER,           LIVE,           OVER,           -
          OVER,           ENDING,         OVER,           -
          OVER,           -,              OVER,           -
          """)
  void eachDifferenceInEachState(State state, StreamState theirs, State then, String said) {
    in(state);
    int before = channel.said.size();
    boolean repaired = reader.repair(theirs);
    assertThat(reader.state()).isEqualTo(then);
    List<String> words = channel.said.subList(before, channel.said.size());
    assertThat(String.join(" ", words)).isEqualTo(said == null ? "" : said);
    assertThat(repaired).isEqualTo(said != null);
  }

  // ---- what comes early, late, or not at all

  @ParameterizedTest
  @EnumSource(names = {"OPENING", "READING", "REATTACHING"})
  void toBeWokenBeforeTheAnswerThatSaysToWaitIsNotForgotten(State state) {
    in(state);
    reader.wake();
    switch (state) {
      case OPENING -> {
        reader.begin();
        assertThat(reader.state()).isEqualTo(State.READING); // that read makes up for it
        channel.answer(NOTHING);
        assertThat(reader.state()).isEqualTo(State.WAITING);
      }
      case READING -> {
        channel.answer(NOTHING);
        assertThat(reader.state()).isEqualTo(State.READING);
      }
      default -> {
        channel.answer(attached(NOTHING, 0));
        assertThat(reader.state()).isEqualTo(State.READING);
      }
    }
  }

  @Test
  void aChannelThatMovesBeforeTheStreamHasBegunIsFollowedThen() {
    in(State.OPENING);
    reader.moved();
    assertThat(stream.taken).isEmpty();
    reader.begin();
    assertThat(stream.taken).containsExactly(11L);
    assertThat(reader.state()).isEqualTo(State.REATTACHING);
    assertThat(channel.last()).isInstanceOf(Reattach.class);
  }

  @Test
  void aStreamReadsOnWhenItHasHandedOnWhatItTook() {
    in(State.WAITING);
    stream.drained = false;
    reader.wake();
    assertThat(reader.state()).isEqualTo(State.DRAINING);
    reader.drained();
    assertThat(channel.last()).isEqualTo(new Fetch("e", 1, 3, 11, 16, 1_000));
  }

  @Test
  void whoLacksSomethingToBeLiveReadsOn() {
    in(State.READING);
    stream.joins = false;
    channel.answer(LIVE);
    assertThat(reader.state()).isEqualTo(State.READING);
  }

  /** An owner that is none any more says that it is live for as long as it answers. */
  @Test
  void whoIsNotTakenAmongTheLiveOnesTwiceWaitsBeforeItAsksAgain() {
    in(State.READING);
    stream.joins = false;
    channel.answer(LIVE);
    int asked = channel.questions.size();
    channel.answer(LIVE);
    assertThat(reader.state()).isEqualTo(State.PAUSED);
    assertThat(channel.questions).hasSize(asked);
    time.pass(100);
    assertThat(channel.questions).hasSize(asked + 1);
  }

  @Test
  void theAnswerToAFormerQuestionIsNone() {
    in(State.READING);
    ChannelRequest former = channel.last();
    reader.moved();
    channel.answer(attached(SOME, 0));
    assertThat(reader.number()).isEqualTo(2);
    int taken = stream.taken.size();
    channel.answer(former, SOME);
    assertThat(stream.taken).hasSize(taken);
    assertThat(reader.state()).isEqualTo(State.READING);
  }

  @Test
  void nobodyServesTheChannelForAWhile() {
    in(State.REATTACHING);
    for (int i = 0; i < 3; i++) {
      channel.fail(new UnavailableException("moving"));
      assertThat(channel.isAsked()).isFalse();
      time.pass(500);
      assertThat(channel.isAsked()).isTrue();
    }
    channel.answer(attached(LIVE, 0));
    assertThat(reader.state()).isEqualTo(State.LIVE);
  }

  @Test
  void whoHasLostItsListenerToAnotherIsToldSo() {
    in(State.REATTACHING);
    channel.fail(InvalidListenerException.exists("me"));
    assertThat(stream.isTakenOver).isTrue();
    assertThat(reader.isOver()).isTrue();
  }

  @Test
  void whoseListenerIsGoneFails() {
    in(State.REATTACHING);
    channel.fail(InvalidListenerException.unknown("me"));
    assertThat(stream.failure).isInstanceOf(InvalidListenerException.class);
  }

  @Test
  void withoutAClusterALostAnswerIsAFailure() {
    clustered = false;
    in(State.READING);
    channel.fail(new UnavailableException("lost"));
    assertThat(stream.failure).isInstanceOf(UnavailableException.class);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"OPENING", "OVER"},
      mode = EnumSource.Mode.EXCLUDE)
  void onlyWhatHasNotBegunBegins(State state) {
    in(state);
    assertThatThrownBy(reader::begin)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stream " + reader.number() + " of e on channel x is " + state);
    assertThat(reader.state()).isEqualTo(state);
    assertThat(meters.get(CounterName.STATE_ERRORS_EVENT)).isOne();
  }

  @Test
  void whatIsNotAttachedDoesNotBegin() {
    reader.open(null);
    assertThatThrownBy(reader::begin).isInstanceOf(AssertionError.class);
    assertThat(stream.taken).isEmpty();
  }

  // ---- nothing is left behind at the channel

  @Test
  void whoLeavesBeforeItIsAttachedGivesTheStreamBack() {
    reader.open(null);
    reader.leave(10);
    assertThat(channel.told).containsExactly(new Detach("e", 1, -1));
    channel.answer(attached(SOME, 0));
    assertThat(channel.told).last().isEqualTo(new Detach("e", 1, 10));
    assertThat(stream.taken).isEmpty();
  }

  @Test
  void whoLeavesWhileItReattachesGivesBothStreamsBack() {
    in(State.REATTACHING);
    reader.leave(10);
    assertThat(channel.told).containsExactly(new Detach("e", 2, 10), new Detach("e", 1, 10));
    channel.answer(attached(SOME, 0));
    assertThat(channel.told).hasSize(3).last().isEqualTo(new Detach("e", 2, -1));
    assertThat(stream.taken).containsExactly(11L);
  }

  @Test
  void anAttachmentThatAnotherHasReplacedIsGivenBack() {
    in(State.REATTACHING);
    ChannelRequest former = channel.last();
    reader.moved();
    channel.answer(former, attached(SOME, 0));
    assertThat(channel.told).containsExactly(new Detach("e", 2, -1));
    channel.answer(attached(LIVE, 0));
    assertThat(reader.state()).isEqualTo(State.LIVE);
  }

  @Test
  void anAttachThatIsNotAnsweredMayStillHaveOpenedAStream() {
    Future<Attached> opened = reader.open(null);
    channel.fail(new UnavailableException("lost"));
    assertThat(opened.failed()).isTrue();
    assertThat(channel.told).containsExactly(new Detach("e", 1, -1));
    assertThat(reader.isOver()).isTrue();
  }

  @Test
  void nothingHappensOfAPauseThatTheEndHasCutShort() {
    in(State.PAUSED);
    reader.leave(10);
    time.pass(DELAY_MS);
    assertThat(channel.isAsked()).isFalse();
  }
}
