package io.eric.channel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnavailableException;
import io.eric.channel.internal.core.ChannelLife.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of a channel's states, row by row. */
class ChannelLifeTest {

  private static final UnavailableException REFUSAL = new UnavailableException("closing");

  /** Something that happens to a channel. */
  private interface Event {
    /** Whether there is something to do about it; false where it does not say. */
    boolean happensTo(ChannelLife life);
  }

  private static final Map<String, Event> EVENTS =
      Map.of(
          "open", told(ChannelLife::open),
          "opened", told(ChannelLife::opened),
          "failed", told(ChannelLife::failed),
          "leave", ChannelLife::leave,
          "close", life -> life.close(REFUSAL),
          "closed", told(ChannelLife::closed));

  /** How each state is come to; CLOSED in all its kinds. */
  private static final Map<String, List<String>> WAYS =
      Map.of(
          "NEW", List.of(),
          "OPENING", List.of("open"),
          "OPEN", List.of("open", "opened"),
          "LEAVING", List.of("open", "opened", "leave"),
          "CLOSING", List.of("open", "opened", "close"),
          "CLOSED/left", List.of("open", "opened", "leave", "close", "closed"),
          "CLOSED/ended", List.of("open", "opened", "close", "closed"),
          "CLOSED/failed", List.of("open", "failed"),
          "CLOSED/given up", List.of("open", "close"));

  private final List<String> unfit = new ArrayList<>();
  private final ChannelLife life =
      new ChannelLife((state, event) -> unfit.add(state + " " + event));

  private static Event told(Consumer<ChannelLife> event) {
    return life -> {
      event.accept(life);
      return false;
    };
  }

  private void in(String state) {
    WAYS.get(state).forEach(event -> EVENTS.get(event).happensTo(life));
    assertThat(life.state()).isEqualTo(stateOf(state));
    assertThat(unfit).isEmpty();
  }

  private static State stateOf(String cell) {
    return State.valueOf(cell.split("/")[0]);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          NEW,             open,   OPENING
          NEW,             opened, error
          NEW,             failed, error
          NEW,             leave,  error
          NEW,             close,  CLOSED
          NEW,             closed, error
          OPENING,         open,   refused
          OPENING,         opened, OPEN
          OPENING,         failed, CLOSED
          OPENING,         leave,  error
          OPENING,         close,  CLOSED
          OPENING,         closed, error
          OPEN,            open,   refused
          OPEN,            opened, error
          OPEN,            failed, error
          OPEN,            leave,  LEAVING
          OPEN,            close,  CLOSING
          OPEN,            closed, error
          LEAVING,         open,   refused
          LEAVING,         opened, error
          LEAVING,         failed, error
          LEAVING,         leave,  LEAVING
          LEAVING,         close,  LEAVING
          LEAVING,         closed, CLOSED
          CLOSING,         open,   refused
          CLOSING,         opened, error
          CLOSING,         failed, error
          CLOSING,         leave,  CLOSING
          CLOSING,         close,  CLOSING
          CLOSING,         closed, CLOSED
          CLOSED/left,     open,   refused
          CLOSED/left,     opened, error
          CLOSED/left,     failed, CLOSED
          CLOSED/left,     leave,  CLOSED
          CLOSED/left,     close,  CLOSED
          CLOSED/left,     closed, CLOSED
          CLOSED/ended,    open,   refused
          CLOSED/ended,    opened, error
          CLOSED/ended,    failed, CLOSED
          CLOSED/ended,    leave,  CLOSED
          CLOSED/ended,    close,  CLOSED
          CLOSED/ended,    closed, CLOSED
          CLOSED/failed,   open,   refused
          CLOSED/failed,   opened, error
          CLOSED/failed,   failed, CLOSED
          CLOSED/failed,   leave,  CLOSED
          CLOSED/failed,   close,  CLOSED
          CLOSED/failed,   closed, CLOSED
          CLOSED/given up, open,   refused
          CLOSED/given up, opened, error
          CLOSED/given up, failed, CLOSED
          CLOSED/given up, leave,  CLOSED
          CLOSED/given up, close,  CLOSED
          CLOSED/given up, closed, CLOSED
          """)
  void eachEventInEachState(String state, String event, String then) {
    in(state);
    if (then.equals("refused")) {
      assertThatThrownBy(() -> EVENTS.get(event).happensTo(life))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(stateOf(state).name());
      assertThat(life.state()).isEqualTo(stateOf(state));
      return;
    }
    boolean begins = EVENTS.get(event).happensTo(life);
    boolean error = then.equals("error");
    assertThat(life.state()).isEqualTo(error ? stateOf(state) : State.valueOf(then));
    assertThat(unfit).isEqualTo(error ? List.of(stateOf(state) + " " + event) : List.of());
    assertThat(begins)
        .as("only the first leave or close of an open channel has something to do")
        .isEqualTo(state.equals("OPEN") && (event.equals("leave") || event.equals("close")));
  }

  @Test
  void theTableHasAllStatesAndEvents() throws Exception {
    CsvSource table =
        ChannelLifeTest.class
            .getDeclaredMethod("eachEventInEachState", String.class, String.class, String.class)
            .getAnnotation(CsvSource.class);
    Set<String> rows = new TreeSet<>();
    Set<State> states = new TreeSet<>();
    for (String row : table.textBlock().lines().toList()) {
      List<String> cells = Arrays.stream(row.split(",")).map(String::strip).toList();
      rows.add(cells.get(0) + ' ' + cells.get(1));
      states.add(stateOf(cells.get(0)));
    }
    assertThat(rows).hasSize(WAYS.size() * EVENTS.size());
    assertThat(states).containsExactly(State.values());
  }

  @ParameterizedTest
  @CsvSource({
    "NEW, false, false, false",
    "OPENING, false, false, false",
    "OPEN, false, false, false",
    "LEAVING, true, true, false",
    "CLOSING, true, false, true",
    "CLOSED/left, true, true, false",
    "CLOSED/ended, true, false, true",
  })
  void whatItsPartsAskOfAState(String state, boolean ending, boolean left, boolean refuses) {
    in(state);
    assertThat(life.isEnding()).isEqualTo(ending);
    assertThat(life.hasLeft()).isEqualTo(left);
    assertThat(life.refusal()).isEqualTo(refuses ? REFUSAL : null);
  }
}
