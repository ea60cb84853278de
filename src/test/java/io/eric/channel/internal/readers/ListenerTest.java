package io.eric.channel.internal.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.ListenerStatus;
import io.eric.channel.internal.readers.Listener.State;
import io.eric.internal.protocol.Session;
import io.eric.log.Registration;
import io.eric.metrics.Meters;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of a listener's states, row by row. */
class ListenerTest {

  private static final Map<String, Consumer<Listener>> EVENTS =
      Map.of(
          "start", Listener::start,
          "stop", Listener::stop,
          "attach", listener -> listener.attach(stream(), 7),
          "end", Listener::end,
          "detach", listener -> listener.detach(12, 8),
          "remove", Listener::remove);

  /** How each state is come to; ENDING in both its kinds. */
  private static final Map<String, List<String>> WAYS =
      Map.of(
          "COLLECTING", List.of(),
          "STOPPED", List.of("stop"),
          "DETACHED", List.of("start"),
          "ATTACHED", List.of("attach"),
          "ENDING/DETACHED", List.of("attach", "end"),
          "ENDING/STOPPED", List.of("attach", "stop"),
          "GONE", List.of("attach", "remove"));

  private static StreamAttachment stream() {
    return new StreamAttachment(
        new EdgeSession("e", Session.NONE, 10, 1),
        1,
        1,
        true,
        false,
        10,
        new Meters().stateErrors());
  }

  private static Listener in(String state) {
    Listener listener = new Listener("me", 10, 11, false, 1);
    WAYS.get(state).forEach(event -> EVENTS.get(event).accept(listener));
    return listener;
  }

  private static String shown(Listener listener) {
    if (listener.state() != State.ENDING) {
      return listener.state().name();
    }
    return "ENDING/" + (listener.isStopped() ? "STOPPED" : "DETACHED");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          COLLECTING,      start,  DETACHED
          COLLECTING,      stop,   STOPPED
          COLLECTING,      attach, ATTACHED
          COLLECTING,      end,    COLLECTING
          COLLECTING,      detach, COLLECTING
          COLLECTING,      remove, GONE
          STOPPED,         start,  DETACHED
          STOPPED,         stop,   STOPPED
          STOPPED,         attach, ATTACHED
          STOPPED,         end,    STOPPED
          STOPPED,         detach, STOPPED
          STOPPED,         remove, GONE
          DETACHED,        start,  DETACHED
          DETACHED,        stop,   STOPPED
          DETACHED,        attach, ATTACHED
          DETACHED,        end,    DETACHED
          DETACHED,        detach, DETACHED
          DETACHED,        remove, GONE
          ATTACHED,        start,  ATTACHED
          ATTACHED,        stop,   ENDING/STOPPED
          ATTACHED,        attach, refused
          ATTACHED,        end,    ENDING/DETACHED
          ATTACHED,        detach, DETACHED
          ATTACHED,        remove, GONE
          ENDING/DETACHED, start,  ENDING/DETACHED
          ENDING/DETACHED, stop,   ENDING/STOPPED
          ENDING/DETACHED, attach, refused
          ENDING/DETACHED, end,    ENDING/DETACHED
          ENDING/DETACHED, detach, DETACHED
          ENDING/DETACHED, remove, GONE
          ENDING/STOPPED,  start,  ENDING/DETACHED
          ENDING/STOPPED,  stop,   ENDING/STOPPED
          ENDING/STOPPED,  attach, refused
          ENDING/STOPPED,  end,    ENDING/STOPPED
          ENDING/STOPPED,  detach, STOPPED
          ENDING/STOPPED,  remove, GONE
          GONE,            start,  GONE
          GONE,            stop,   GONE
          GONE,            attach, refused
          GONE,            end,    GONE
          GONE,            detach, GONE
          GONE,            remove, GONE
          """)
  void eachEventInEachState(String state, String event, String then) {
    Listener listener = in(state);
    Attachment before = listener.attachment();
    if (then.equals("refused")) {
      assertThatThrownBy(() -> EVENTS.get(event).accept(listener))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("me")
          .hasMessageContaining(listener.state().name());
      assertThat(shown(listener)).isEqualTo(state);
      assertThat(listener.attachment()).isSameAs(before);
      return;
    }
    EVENTS.get(event).accept(listener);
    assertThat(shown(listener)).isEqualTo(then);
    boolean attached = event.equals("attach") || before != null && !event.equals("detach");
    assertThat(listener.attachment() != null).isEqualTo(attached);
  }

  @Test
  void theTableHasAllStatesAndEvents() throws Exception {
    CsvSource table =
        ListenerTest.class
            .getDeclaredMethod("eachEventInEachState", String.class, String.class, String.class)
            .getAnnotation(CsvSource.class);
    Set<String> rows = new TreeSet<>();
    Set<State> states = EnumSet.noneOf(State.class);
    for (String row : table.textBlock().lines().toList()) {
      List<String> cells = Arrays.stream(row.split(",")).map(String::strip).toList();
      rows.add(cells.get(0) + ' ' + cells.get(1));
      states.add(State.valueOf(cells.get(0).split("/")[0]));
    }
    assertThat(rows).hasSize(WAYS.size() * EVENTS.size());
    assertThat(states).containsExactly(State.values());
  }

  @ParameterizedTest
  @CsvSource({
    "COLLECTING, STOPPED, NEW",
    "STOPPED, STOPPED, STOPPED",
    "DETACHED, DETACHED, STARTED",
    "ATTACHED, CATCHING_UP, STARTED",
    "ENDING/DETACHED, CATCHING_UP, STARTED",
    "ENDING/STOPPED, STOPPED, STOPPED",
  })
  void whatClientsAndTheStoreSeeOfAState(
      String state, ListenerStatus.State status, Registration.State kept) {
    Listener listener = in(state);
    assertThat(listener.status()).isEqualTo(status);
    assertThat(listener.registration()).isEqualTo(new Registration(10, kept));
    assertThat(listener.isStarted()).isEqualTo(kept == Registration.State.STARTED);
  }

  @Test
  void itIsRestoredAsItWasKept() {
    for (Registration.State kept : Registration.State.values()) {
      Registration registration = new Registration(10, kept);
      Listener listener = Listener.restored("me", registration, 11, 1);
      assertThat(listener.registration()).isEqualTo(registration);
      assertThat(listener.kept()).isEqualTo(registration);
      assertThat(listener.attachment()).isNull();
    }
  }

  @Test
  void itsCursorIsThatOfItsAttachmentAndNeverBeforeItsCreation() {
    Listener listener = in("ATTACHED");
    listener.stream().read(15);
    assertThat(listener.cursor(20)).isEqualTo(15);
    assertThat(listener.cursor(14)).as("no further than the log").isEqualTo(14);
    listener.detach(3, 9);
    assertThat(listener.cursor(20)).as("created after 10").isEqualTo(10);
    assertThat(listener.lastAdvance()).isEqualTo(9);
  }
}
