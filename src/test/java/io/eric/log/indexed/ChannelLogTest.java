package io.eric.log.indexed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.eric.Payload;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.Slice;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A log whose store answers later, or not at all. */
class ChannelLogTest {

  /** A store that answers when the test says so. Its index holds sequences. */
  private static final class SlowStorage implements LogStorage<Long> {

    private final Map<Long, Entry> stored = new HashMap<>();
    private final List<Long> loaded = new ArrayList<>();
    private final List<Long> dropped = new ArrayList<>();
    private Promise<Void> answer = Promise.promise();

    void answer() {
      Promise<Void> asked = answer;
      answer = Promise.promise();
      asked.complete();
    }

    void fail(Throwable cause) {
      Promise<Void> asked = answer;
      answer = Promise.promise();
      asked.fail(cause);
    }

    @Override
    public Future<List<Long>> append(List<Entry> batch) {
      return answer
          .future()
          .map(
              done -> {
                batch.forEach(entry -> stored.put(entry.sequence(), entry));
                return batch.stream().map(Entry::sequence).toList();
              });
    }

    @Override
    public Future<List<Entry>> load(List<Long> contents) {
      loaded.addAll(contents);
      return answer.future().map(done -> contents.stream().map(stored::get).toList());
    }

    @Override
    public Future<Void> commit(Map<String, Long> cursors) {
      return answer.future();
    }

    @Override
    public Future<Void> register(String listener, Registration registration) {
      return answer.future();
    }

    @Override
    public Future<Void> forget(String listener) {
      return answer.future();
    }

    @Override
    public void dropped(long sequence, Long content, boolean overflow) {
      dropped.add(content);
    }

    @Override
    public Future<Void> delete() {
      return answer.future();
    }

    @Override
    public Future<Void> close() {
      return answer.future();
    }
  }

  private final SlowStorage storage = new SlowStorage();
  private final ChannelLog<Long> log = ChannelLog.create("e", RetentionOptions.DEFAULT, storage);

  private static Entry entry(long sequence, String receiver) {
    return new Entry(sequence, 1, receiver, "t", Payload.NULL, null, null);
  }

  private void append(Entry... batch) {
    log.append(List.of(batch));
    storage.answer();
  }

  private Future<Slice> read(long after, String listener) {
    return log.read(after, listener, 100, 100_000);
  }

  @Test
  void nothingIsReadableBeforeTheStoreHasIt() {
    Future<Void> append = log.append(List.of(entry(1, null)));
    assertThat(append.isComplete()).isFalse();
    assertThat(log.hasAfter(0, "ann")).isFalse();
    assertThat(log.lastSequence()).isZero();
    assertThat(read(0, "ann").result().entries()).isEmpty();
    storage.answer();
    assertThat(append.succeeded()).isTrue();
    assertThat(log.hasAfter(0, "ann")).isTrue();
    assertThat(log.lastSequence()).isEqualTo(1);
  }

  @Test
  void afterAFailedAppendTheSameSequencesMayBeUsedAgain() {
    Future<Void> failed = log.append(List.of(entry(1, null), entry(2, null)));
    storage.fail(new IOException("disk full"));
    assertThat(failed.cause())
        .isInstanceOf(RepositoryException.class)
        .hasRootCauseMessage("disk full");
    assertThat(log.lastSequence()).isZero();
    append(entry(1, "ann"));
    assertThat(log.lastSequence()).isEqualTo(1);
  }

  @Test
  void anErrorThatClientsKnowIsPassedOn() {
    Future<Void> failed = log.append(List.of(entry(1, null)));
    UnavailableException fenced = new UnavailableException("another owner");
    storage.fail(fenced);
    assertThat(failed.cause()).isSameAs(fenced);
  }

  @Test
  void everyFailureOfTheStoreIsARepositoryException() {
    append(entry(1, null));
    List<Future<?>> failed =
        List.of(read(0, null), log.commit(Map.of("ann", 1L)), log.forget("ann"), log.close());
    storage.fail(new IOException("gone"));
    assertThat(failed).allMatch(f -> f.cause() instanceof RepositoryException);
  }

  @Test
  void oneAppendIsUnderWayAtATime() {
    log.append(List.of(entry(1, null)));
    assertThatThrownBy(() -> log.append(List.of(entry(2, null))))
        .isInstanceOf(IllegalStateException.class);
    storage.answer();
    append(entry(2, null));
    assertThat(log.lastSequence()).isEqualTo(2);
  }

  @Test
  void aBatchThatDoesNotFitIsRefused() {
    append(entry(1, null));
    assertThatThrownBy(() -> log.append(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(List.of(entry(1, null))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.append(List.of(entry(2, null), entry(4, null))))
        .isInstanceOf(IllegalArgumentException.class);
    append(entry(7, null), entry(8, null));
    assertThat(log.lastSequence()).isEqualTo(8);
  }

  @Test
  void aReadLoadsWhatItGivesAndNothingElse() {
    append(entry(1, "bob"), entry(2, null), entry(3, "ann"), entry(4, "bob"));
    Future<Slice> slice = read(0, "ann");
    storage.answer();
    assertThat(storage.loaded).containsExactly(2L, 3L);
    assertThat(slice.result().entries()).containsExactly(entry(2, null), entry(3, "ann"));
  }

  @Test
  void gapsStandBetweenWhatWasLoaded() {
    append(entry(1, "ann"), entry(2, null), entry(3, "ann"), entry(4, "ann"), entry(5, null));
    log.dropOldestOf("ann");
    log.dropOldestOf("ann");
    log.dropOldestOf("ann");
    Future<Slice> slice = read(0, "ann");
    storage.answer();
    assertThat(slice.result().entries())
        .extracting(Entry::sequence, Entry::type)
        .containsExactly(
            tuple(1L, "_eric_gap"), tuple(2L, "t"), tuple(4L, "_eric_gap"), tuple(5L, "t"));
    assertThat(storage.dropped).containsExactly(1L, 3L, 4L);
  }

  @Test
  void aReadIsNotAtTheEndIfSomethingCameWhileItWasLoading() {
    append(entry(1, null));
    log.append(List.of(entry(2, null)));
    Promise<Void> appendAnswer = storage.answer;
    storage.answer = Promise.promise();
    Future<Slice> slice = read(0, "ann");
    appendAnswer.complete();
    storage.answer();
    assertThat(slice.result().through()).isEqualTo(1);
    assertThat(slice.result().atEnd()).isFalse();
  }

  @Test
  void aForgetIsNotUndoneByAnEarlierCommitThatIsUnderWay() {
    log.commit(Map.of("ann", 1L));
    log.forget("ann");
    storage.answer();
    assertThat(log.committed()).isEmpty();
  }

  @Test
  void aRestoredLogGoesOnWhereItWas() {
    ChannelLog<Long> log =
        ChannelLog.<Long>restore("e", 0, RetentionOptions.DEFAULT)
            .entry(5, 1, "ann", 130, 5L)
            .entry(6, 1, null, 130, 6L)
            .committed(Map.of("ann", 5L))
            .open(storage);
    assertThat(log.lastSequence()).isEqualTo(6);
    assertThat(log.firstSequence()).isEqualTo(5);
    assertThat(log.usage()).isEqualTo(new MessageLog.Usage(2, 260));
    assertThat(log.committed()).isEqualTo(Map.of("ann", 5L));
    assertThat(log.hasAfter(5, "ann")).isTrue();
  }

  @Test
  void thePastOfAnOpenLogDoesNotChange() {
    LogRestoration<Long> past = ChannelLog.restore("e", 0, RetentionOptions.DEFAULT);
    past.entry(5, 1, null, 130, 5L).open(storage);
    assertThatThrownBy(() -> past.entry(6, 1, null, 130, 6L))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.lost(null, 6, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.key("k", 6, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.last(6)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.committed(Map.of())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.registered(Map.of())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> past.open(storage)).isInstanceOf(IllegalStateException.class);
    assertThat(past.state().lastSequence()).isEqualTo(5);
  }

  @Test
  void aStorageIsToldOfNothingBeforeItsLogIsOpen() {
    LogRestoration<Long> past = ChannelLog.restore("e", 0, RetentionOptions.DEFAULT);
    past.entry(5, 1, null, 130, 5L);
    assertThatThrownBy(() -> past.state().dropOldest()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStorageSeesHowFarListenersHaveReadSinceTheyCommitted() {
    LogRestoration<Long> past = ChannelLog.restore("e", 0, RetentionOptions.DEFAULT);
    LogState<Long> state = past.state();
    ChannelLog<Long> restored =
        past.entry(5, 1, null, 130, 5L).committed(Map.of("ann", 4L, "bob", 3L)).open(storage);
    assertThat(state.cursorOf("ann")).isEqualTo(4);
    restored.trim(
        new Cursors() {
          @Override
          public long of(String listener) {
            return listener.equals("ann") ? 5 : Long.MAX_VALUE;
          }

          @Override
          public long lowest() {
            return 3;
          }
        },
        1);
    assertThat(state.cursorOf("ann")).isEqualTo(5);
    assertThat(state.cursorOf("bob")).isEqualTo(3);
  }

  @Test
  void theStorageSaysHowMuchHeapItsLogTakes() {
    LogStorage<Entry> elsewhere =
        new MemoryStorage() {
          @Override
          public long heapBytes(MessageLog.Usage usage) {
            return usage.messages();
          }
        };
    MessageLog log = ChannelLog.create("e", RetentionOptions.DEFAULT, elsewhere);
    log.append(List.of(entry(1, null), entry(2, null)));
    assertThat(log.heapBytes()).isEqualTo(2);
    log = ChannelLog.create("e", RetentionOptions.DEFAULT, new MemoryStorage());
    log.append(List.of(entry(1, null)));
    assertThat(log.heapBytes()).isEqualTo(entry(1, null).size());
  }
}
