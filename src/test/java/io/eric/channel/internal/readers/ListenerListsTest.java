package io.eric.channel.internal.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnavailableException;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.eric.log.MessageLog;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How lists share a channel's event loop with its other work, turn by turn. */
class ListenerListsTest {

  private static final int LISTENERS = 5_000;
  private static final int MOST_PER_TURN = 250;
  private static final Command.Page ALL = Command.Page.ALL;

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final Meters meters = new Meters();
  private final MessageLog log = MemoryStore.create().open("x", RetentionOptions.DEFAULT).result();
  private final Listeners listeners = new Listeners(log, ListenerCount.unlimited(), listener -> {});

  /** How many listeners were looked at in each turn so far. */
  private final List<Integer> turns = new ArrayList<>();

  private int shown;

  private final ListenerLists lists =
      new ListenerLists(
          loop,
          listeners,
          listener -> {
            shown++;
            return new JsonObject().put("listener", listener.id);
          },
          meters);

  ListenerListsTest() {
    for (int i = 0; i < LISTENERS; i++) {
      listeners.add(new Listener("l" + i, 0, 0, false, 0));
    }
  }

  /** What a turn has done is noted by the work that comes after it. */
  private void note() {
    turns.add(shown);
    shown = 0;
    if (turns.size() < 1_000) {
      loop.later(this::note);
    }
  }

  @Test
  void otherWorkIsDoneBetweenTheSlicesOfLists() {
    loop.later(this::note);
    Future<ListPage> list = lists.list(ALL);
    Future<ListPage> again = lists.list(ALL);
    time.pass(1);
    assertThat(turns).allMatch(looked -> looked <= MOST_PER_TURN);
    assertThat(turns.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2 * LISTENERS);
    assertThat(list.result().items()).hasSize(LISTENERS);
    assertThat(again.result().items()).hasSize(LISTENERS);
  }

  @Test
  void listsThatMayNotWaitAreRefused() {
    List<Future<ListPage>> all = new ArrayList<>();
    for (int i = 0; i < 1_024; i++) {
      all.add(lists.list(ALL));
    }
    assertThatThrownBy(() -> lists.list(ALL)).isInstanceOf(UnavailableException.class);
    assertThat(meters.get(CounterName.LISTS_REFUSED)).isEqualTo(1);
    time.pass(1);
    assertThat(all).allMatch(Future::succeeded);
    Future<ListPage> later = lists.list(ALL);
    time.pass(1);
    assertThat(later.succeeded()).isTrue();
  }
}
