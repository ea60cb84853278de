package io.eric.channel.internal.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamDigest;
import io.eric.internal.protocol.StreamState;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamAttachmentTest {

  private static final Map<String, Consumer<StreamAttachment>> EVENTS =
      Map.of(
          "read", stream -> stream.read(12),
          "await", stream -> stream.await(13),
          "live", stream -> stream.goLive(13, true),
          "wake", StreamAttachment::wake,
          "written", stream -> stream.written(14),
          "end", StreamAttachment::end);

  private static final Map<StreamState, List<String>> WAYS =
      Map.of(
          StreamState.READING, List.of(),
          StreamState.WAITING, List.of("await"),
          StreamState.LIVE_UNSETTLED, List.of("live"),
          StreamState.LIVE, List.of("live", "written"),
          StreamState.ENDING, List.of("end"));

  private final EdgeSession edge = new EdgeSession("e", Session.NONE, 10, 1);
  private final Meters meters = new Meters();
  private final StreamAttachment stream =
      new StreamAttachment(edge, 1, 1, true, false, 10, meters.stateErrors());

  private void in(StreamState state) {
    WAYS.get(state).forEach(event -> EVENTS.get(event).accept(stream));
    assertThat(stream.state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          READING,        read,    READING,        12
          READING,        await,   WAITING,        13
          READING,        live,    LIVE_UNSETTLED, 13
          READING,        wake,    READING,        10
          READING,        written, READING,        10
          READING,        end,     ENDING,         10
          WAITING,        read,    READING,        12
          WAITING,        await,   error,          13
          WAITING,        live,    error,          13
          WAITING,        wake,    READING,        13
          WAITING,        written, WAITING,        13
          WAITING,        end,     ENDING,         13
          LIVE_UNSETTLED, read,    READING,        12
          LIVE_UNSETTLED, await,   error,          13
          LIVE_UNSETTLED, live,    error,          13
          LIVE_UNSETTLED, wake,    LIVE_UNSETTLED, 13
          LIVE_UNSETTLED, written, LIVE,           14
          LIVE_UNSETTLED, end,     ENDING,         13
          LIVE,           read,    READING,        12
          LIVE,           await,   error,          14
          LIVE,           live,    error,          14
          LIVE,           wake,    LIVE,           14
          LIVE,           written, LIVE,           14
          LIVE,           end,     ENDING,         14
          ENDING,         read,    ENDING,         12
          ENDING,         await,   error,          10
          ENDING,         live,    error,          10
          ENDING,         wake,    ENDING,         10
          ENDING,         written, ENDING,         10
          ENDING,         end,     ENDING,         10
          """)
  void eachEventInEachState(StreamState state, String event, String cell, long cursor) {
    in(state);
    boolean error = cell.equals("error");
    if (error) {
      assertThatThrownBy(() -> EVENTS.get(event).accept(stream))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("stream 1 of e is " + state);
    } else {
      EVENTS.get(event).accept(stream);
    }
    assertThat(meters.get(CounterName.STATE_ERRORS_EVENT)).isEqualTo(error ? 1 : 0);
    StreamState then = error ? state : StreamState.valueOf(cell);
    assertThat(stream.state()).isEqualTo(then);
    assertThat(stream.cursor()).isEqualTo(cursor);
    boolean live = then == StreamState.LIVE_UNSETTLED || then == StreamState.LIVE;
    assertThat(stream.isLive()).isEqualTo(live);
    assertThat(edge.hasLiveStreams()).isEqualTo(live);
  }

  @Test
  void theTableHasAllStatesAndEvents() throws Exception {
    CsvSource table =
        StreamAttachmentTest.class
            .getDeclaredMethod(
                "eachEventInEachState", StreamState.class, String.class, String.class, long.class)
            .getAnnotation(CsvSource.class);
    Set<String> rows = new TreeSet<>();
    for (String row : table.textBlock().lines().toList()) {
      List<String> cells = Arrays.stream(row.split(",")).map(String::strip).toList();
      rows.add(StreamState.valueOf(cells.get(0)) + " " + cells.get(1));
    }
    assertThat(WAYS).containsOnlyKeys(StreamState.values());
    assertThat(rows).hasSize(WAYS.size() * EVENTS.size());
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLatestReadSaysWhatItBecomes(StreamState state) {
    int first = stream.read(10);
    assertThat(stream.isLatest(first)).isTrue();
    in(state);
    int second = stream.read(10);
    assertThat(stream.isLatest(first)).isFalse();
    assertThat(stream.isLatest(second)).isEqualTo(state != StreamState.ENDING);
  }

  /** In step with what the edge says, so that both mean the same streams. */
  @Test
  void itsEdgeAcknowledgesForItFromThatItIsWrittenUntilItReadsOrHasLeft() {
    in(StreamState.LIVE_UNSETTLED);
    assertThat(edge.acknowledging.count()).isZero();
    stream.written(13);
    stream.written(13);
    assertThat(edge.acknowledging.count()).isEqualTo(1);
    stream.end(); // of which the edge has not heard
    assertThat(edge.acknowledging.count()).isEqualTo(1);
    stream.read(13);
    assertThat(edge.acknowledging.count()).isZero();
    stream.gone();
    assertThat(edge.acknowledging.value()).isEqualTo(StreamDigest.NONE);
  }

  @Test
  void onlyASettledStreamFollowsItsEdge() {
    edge.sending(11, List.of(), 1);
    edge.sending(12, List.of(), 1);
    in(StreamState.LIVE_UNSETTLED);
    edge.acknowledge(11, 2);
    assertThat(stream.cursor()).isEqualTo(13); // nothing was read up to there
    stream.written(13);
    edge.sending(20, List.of(), 2);
    edge.acknowledge(20, 3);
    assertThat(stream.cursor()).isEqualTo(20);
    stream.end();
    edge.sending(21, List.of(), 3);
    edge.acknowledge(21, 4);
    assertThat(stream.cursor()).isEqualTo(20);
  }
}
