package io.eric.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.internal.client.ChannelReader.State;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.Detach;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.ChannelResponse.Listed;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.internal.protocol.StreamTallies;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reading side does about what the owner says of its streams, or does not say. */
class ReaderBookTest {

  private static final long INTERVAL_MS = 1_000;
  private static final long GIVES_UP_MS = 3_000;
  private static final Session SESSION = new Session(1, 7);
  private static final Fetched NOTHING = new Fetched(List.of(), 10, false, true);
  private static final Fetched LIVE = new Fetched(List.of(), 10, true, false);

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final Meters meters = new Meters();
  private final ScriptedChannel channel = new ScriptedChannel();
  private final BookedStreams streams = new BookedStreams(SESSION);
  private final List<TakingStream> taking = new ArrayList<>();
  private final ReaderBook book =
      new ReaderBook(channel, loop, meters, "x", "e", INTERVAL_MS, GIVES_UP_MS, streams);

  ReaderBookTest() {
    loop.every(INTERVAL_MS / 8, book::tick);
  }

  @Test
  void streamsThatTheOwnerHasTooAreConfirmed() {
    ChannelReader stream = stream(NOTHING);
    for (int i = 0; i < 5; i++) {
      until(Statement.class);
      channel.answer(Statement.class, confirmed(StreamState.WAITING));
      time.pass(1);
    }
    assertThat(time.now()).isGreaterThan(3 * INTERVAL_MS * 1_000_000);
    assertThat(book.confirms(stream)).isTrue();
    assertThat(stream.state()).isEqualTo(State.WAITING);
    assertThat(count(CounterName.STREAM_REPAIRS)).isZero();
  }

  @Test
  void nothingIsConfirmedWithoutAnswers() {
    ChannelReader stream = stream(NOTHING);
    assertThat(book.confirms(stream)).isFalse();
    assertThat(book.unconfirmed()).isZero();
    time.pass(2 * INTERVAL_MS);
    assertThat(book.confirms(stream)).isFalse();
    assertThat(book.unconfirmed()).isEqualTo(1);
    assertThat(book.unconfirmedForMs()).isGreaterThanOrEqualTo(2 * INTERVAL_MS);
    assertThat(count(CounterName.STATEMENTS_UNANSWERED)).isPositive();
  }

  @Test
  void anAnswerThatTakesLongerThanHalfAnIntervalSaysNothing() {
    ChannelReader stream = stream(NOTHING);
    for (int i = 0; i < 2; i++) {
      until(Statement.class);
      time.pass(INTERVAL_MS / 2 + INTERVAL_MS / 4);
      channel.answer(Statement.class, confirmed(StreamState.WAITING));
    }
    time.pass(INTERVAL_MS / 2);
    assertThat(book.confirms(stream)).isFalse();
  }

  @Test
  void aStreamThatTheOwnerDoesNotKnowAttachesAnew() {
    ChannelReader stream = stream(LIVE);
    until(Statement.class);
    channel.answer(
        Statement.class, new Confirmed(new Session(1, 0), 0, StreamTallies.NONE, List.of()));
    time.pass(1);
    channel.answer(ListStreams.class, new StreamList(new Session(1, 0), List.of()));
    time.pass(1);
    assertThat(stream.state()).isEqualTo(State.REATTACHING);
    channel.answer(Reattach.class, attached(NOTHING));
    assertThat(stream.state()).isEqualTo(State.WAITING);
    assertThat(count(CounterName.STREAM_REPAIRS)).isEqualTo(1);
  }

  @Test
  void aStreamThatOnlyTheOwnerKnowsIsGivenBack() {
    ChannelReader stream = stream(NOTHING);
    until(Statement.class);
    channel.answer(
        Statement.class, confirmed(StreamState.WAITING, StreamState.LIVE, StreamState.ENDING));
    time.pass(1);
    channel.answer(
        ListStreams.class,
        new StreamList(
            SESSION,
            List.of(
                new Listed(stream.number(), StreamState.WAITING),
                new Listed(99, StreamState.LIVE),
                new Listed(98, StreamState.ENDING))));
    time.pass(1);
    assertThat(channel.told).containsExactly(new Detach("e", 99, -1));
    assertThat(book.confirms(stream)).isTrue();
  }

  @Test
  void aWakeThatWasLostIsMadeUpFor() {
    ChannelReader stream = stream(NOTHING);
    until(Statement.class);
    channel.answer(Statement.class, confirmed(StreamState.READING));
    time.pass(1);
    channel.answer(
        ListStreams.class,
        new StreamList(SESSION, List.of(new Listed(stream.number(), StreamState.READING))));
    time.pass(1);
    assertThat(stream.state()).isEqualTo(State.READING);
    assertThat(channel.asked(Fetch.class)).isTrue();
  }

  @Test
  void aReadThatWasLostIsMadeAgain() {
    ChannelReader stream = stream(NOTHING);
    stream.wake();
    assertThat(((Fetch) channel.last()).read()).isEqualTo(1);
    Statement statement;
    do {
      until(Statement.class);
      statement = (Statement) channel.waiting(Statement.class).orElseThrow();
      channel.answer(
          Statement.class,
          new Confirmed(SESSION, 10, statement.streams(), List.copyOf(statement.reads())));
      time.pass(1);
    } while (statement.reads().isEmpty());
    assertThat(statement.reads()).containsExactly(stream.number());
    assertThat(((Fetch) channel.last()).read()).isEqualTo(2);
  }

  @Test
  void whatHasChangedMeanwhileIsComparedAgain() {
    ChannelReader stream = stream(NOTHING);
    until(Statement.class);
    stream.wake(); // the owner knows it already
    channel.answer(Statement.class, confirmed(StreamState.READING));
    time.pass(1);
    assertThat(channel.asked(ListStreams.class)).isFalse();
    until(Statement.class);
  }

  @Test
  void deliveriesThatWereLostAreReported() {
    stream(LIVE);
    until(Statement.class);
    Statement statement = (Statement) channel.waiting(Statement.class).orElseThrow();
    channel.answer(Statement.class, new Confirmed(SESSION, 12, statement.streams(), List.of()));
    time.pass(1);
    assertThat(streams.sent).isEqualTo(12);
  }

  @Test
  void aFormerOwnerConfirmsNothing() {
    ChannelReader stream = stream(NOTHING);
    streams.session = new Session(2, 1);
    for (int i = 0; i < 2; i++) {
      until(Statement.class);
      channel.answer(Statement.class, confirmed(StreamState.WAITING));
      time.pass(INTERVAL_MS - INTERVAL_MS / 8);
    }
    time.pass(INTERVAL_MS / 4);
    assertThat(book.confirms(stream)).isFalse();
  }

  @Test
  void streamsThatAreNotConfirmedAttachAnewAndEndWhereThatFailsToo() {
    ChannelReader stream = stream(NOTHING);
    time.pass(2 * INTERVAL_MS + INTERVAL_MS);
    assertThat(stream.state()).isEqualTo(State.REATTACHING);
    time.pass(GIVES_UP_MS - INTERVAL_MS);
    assertThat(taking.get(0).isGivenUp).isFalse();
    time.pass(3 * INTERVAL_MS);
    assertThat(taking.get(0).isGivenUp).isTrue();
    assertThat(count(CounterName.STREAMS_GIVEN_UP)).isEqualTo(1);
  }

  @Test
  void aStreamThatIsAttachedAnewIsNotConfirmedBeforeTheNextStatementIs() {
    ChannelReader stream = stream(NOTHING);
    until(Statement.class);
    channel.answer(Statement.class, confirmed(StreamState.WAITING));
    time.pass(1);
    assertThat(book.confirms(stream)).isTrue();
    stream.moved();
    channel.answer(Reattach.class, attached(NOTHING));
    assertThat(book.confirms(stream)).isFalse();
    assertThat(book.unconfirmed()).isEqualTo(1);
    until(Statement.class);
    Statement statement = (Statement) channel.waiting(Statement.class).orElseThrow();
    channel.answer(Statement.class, new Confirmed(SESSION, 10, statement.streams(), List.of()));
    time.pass(1);
    assertThat(book.confirms(stream)).isTrue();
    assertThat(book.unconfirmed()).isZero();
  }

  /** It takes all that is asked of it, and cannot prove that it is the channel's. */
  @Test
  void streamsOfAnOwnerThatNeverProvesItselfEnd() {
    ChannelReader stream = stream(NOTHING);
    for (int i = 0; i < 100 && !stream.isOver(); i++) {
      time.pass(INTERVAL_MS / 4);
      if (channel.asked(Reattach.class)) {
        channel.answer(Reattach.class, attached(NOTHING));
      }
      assertThat(book.confirms(stream)).isFalse();
    }
    assertThat(taking.get(0).isGivenUp).isTrue();
  }

  /** A pause of the JVM is no silence of the owner: it is asked first. */
  @Test
  void whoWasFrozenAsksBeforeItAttachesAnew() {
    ChannelReader stream = stream(NOTHING);
    until(Statement.class);
    channel.answer(Statement.class, confirmed(StreamState.WAITING));
    time.pass(1);
    loop.freeze();
    time.pass(20 * INTERVAL_MS);
    loop.thaw();
    assertThat(book.confirms(stream)).isFalse();
    until(Statement.class);
    channel.answer(Statement.class, confirmed(StreamState.WAITING));
    time.pass(INTERVAL_MS);
    assertThat(stream.state()).isEqualTo(State.WAITING);
    assertThat(count(CounterName.STREAM_REPAIRS)).isZero();
  }

  @Test
  void manyStreamsAreListedInParts() {
    for (int i = 0; i < 5_000; i++) {
      stream(NOTHING);
    }
    until(Statement.class);
    channel.answer(Statement.class, confirmed());
    time.pass(1);
    for (int part = 0; part < 2; part++) {
      ListStreams list = (ListStreams) channel.waiting(ListStreams.class).orElseThrow();
      assertThat(list.parts()).isEqualTo(2);
      assertThat(list.part()).isEqualTo(part);
      channel.answer(ListStreams.class, new StreamList(SESSION, List.of()));
      time.pass(1);
    }
    assertThat(streams.all).allMatch(stream -> stream.state() == State.REATTACHING);
  }

  // ---- what it takes

  private long count(CounterName counter) {
    return meters.get(counter);
  }

  /** A stream that has begun with this batch. */
  private ChannelReader stream(Fetched first) {
    TakingStream stream = new TakingStream(streams.all.size() + 1, 10_000);
    ChannelReader.Asking asking =
        new ChannelReader.Asking("x", "e", "me" + stream.number, true, false, 16, 1_000);
    stream.reader =
        new ChannelReader(channel, loop, () -> true, asking, stream.number, book, stream);
    taking.add(stream);
    streams.all.add(stream.reader);
    stream.reader.open(null);
    channel.answer(Attach.class, attached(first));
    stream.reader.begin();
    return stream.reader;
  }

  private static Attached attached(Fetched first) {
    return new Attached("me", "epoch", SESSION, false, 0, 0, first);
  }

  /** The owner takes the streams to do this, in the order of their numbers. */
  private Confirmed confirmed(StreamState... states) {
    StreamTallies tallies = new StreamTallies();
    for (int i = 0; i < states.length; i++) {
      if (states[i] != StreamState.ENDING) {
        tallies.changed(i + 1, null, states[i]);
      }
    }
    return new Confirmed(SESSION, 10, tallies.snapshot(), List.of());
  }

  /** Lets time pass until this was asked last. */
  private void until(Class<?> question) {
    for (int i = 0; i < 20 && !channel.asked(question); i++) {
      time.pass(INTERVAL_MS / 8);
    }
    assertThat(channel.asked(question)).isTrue();
  }
}
