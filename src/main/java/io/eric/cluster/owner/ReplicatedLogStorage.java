package io.eric.cluster.owner;

import io.eric.PayloadTooLargeException;
import io.eric.UnavailableException;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.eric.log.Entry;
import io.eric.log.Registration;
import io.eric.log.indexed.LogState;
import io.eric.log.indexed.LogStorage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the contents of one channel's log in the group, for one claim. Every node has the messages
 * in memory, so they are loaded at once.
 *
 * <p>Cursors and what the log drops are gathered for {@link #GATHER_MS} and proposed together: a
 * replica drops nothing whose readers' cursors it does not have, because a listener that goes on
 * there would be told that it missed those messages.
 *
 * <p>A refusal or an unknown outcome means that the claim is over. Confined to the channel's
 * context.
 */
final class ReplicatedLogStorage implements LogStorage<Entry> {

  /** How long moved cursors and drops wait for more of them, in milliseconds. */
  private static final long GATHER_MS = 200;

  /** The size at which a proposal takes no further message, in bytes. */
  private static final long SLICE_BYTES = 256 << 10;

  /**
   * For each so many listeners a gathering takes a millisecond longer, so that many listeners that
   * all advance do not fill the group's log with their cursors.
   */
  private static final int LISTENERS_PER_MS = 10;

  private final Loop loop;
  private final ChannelProposals proposals;
  private final LogState<Entry> log;
  private final Runnable lost;
  private final Map<String, Long> movedCursors = new HashMap<>();

  /** What was dropped and not proposed, by receiver; null is the broadcasts' receiver. */
  private final Map<@Nullable String, Change.Drop> drops = new LinkedHashMap<>();

  private Promise<Void> gathered = Promise.promise();
  private Loop.@Nullable Timer gathering;
  private boolean over;

  /**
   * Creates the storage of a log that is about to be opened.
   *
   * @param loop the channel's context
   * @param log the state of the log
   * @param lost called on the channel's context when the claim proves to be over
   */
  ReplicatedLogStorage(Loop loop, ChannelProposals proposals, LogState<Entry> log, Runnable lost) {
    this.loop = loop;
    this.proposals = proposals;
    this.log = log;
    this.lost = lost;
  }

  @Override
  public Future<List<Entry>> append(List<Entry> batch) {
    Future<Void> last = Future.succeededFuture();
    for (List<Entry> slice : slices(batch)) {
      last = propose(List.of(new Change.Append(slice)));
    }
    return last.map(batch); // an earlier slice that fails makes those behind it fail
  }

  /** Divides a batch, because what comes in one proposal is in one entry of the group's log. */
  private static List<List<Entry>> slices(List<Entry> batch) {
    List<List<Entry>> slices = new ArrayList<>(1);
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      bytes += batch.get(i).size();
      if (bytes >= SLICE_BYTES || i + 1 == batch.size()) {
        slices.add(List.copyOf(batch.subList(from, i + 1)));
        from = i + 1;
        bytes = 0;
      }
    }
    return slices;
  }

  @Override
  public Future<List<Entry>> load(List<Entry> contents) {
    return Future.succeededFuture(contents);
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    return propose(List.of(new Change.Register(listener, registration)));
  }

  @Override
  public Future<Void> forget(String listener) {
    movedCursors.remove(listener);
    drops.remove(listener);
    return propose(List.of(new Change.Forget(listener)));
  }

  @Override
  public Future<Void> delete() {
    stopGathering();
    return propose(List.of(new Change.Delete())).onComplete(deleted -> over = true);
  }

  @Override
  public Future<Void> close() {
    Future<Void> last = gathering == null ? Future.succeededFuture() : proposeGathered();
    over = true;
    // Cursors that could not be kept are those of the next owner's past: it delivers again.
    return last.otherwiseEmpty();
  }

  // ---- what is gathered

  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    movedCursors.putAll(cursors);
    return gather();
  }

  @Override
  public void dropped(long sequence, Entry entry, boolean overflow) {
    if (over) {
      return; // the whole log goes
    }
    String receiver = entry.receiver();
    Change.Drop before = drops.get(receiver);
    long throughOverflow = overflow ? sequence : before == null ? 0 : before.throughOverflow();
    drops.put(receiver, new Change.Drop(receiver, sequence, throughOverflow));
    gather();
  }

  private Future<Void> gather() {
    if (gathering == null) {
      long ms = GATHER_MS + log.committed().size() / LISTENERS_PER_MS;
      gathering = loop.after(ms, this::proposeGathered);
    }
    return gathered.future();
  }

  private void stopGathering() {
    if (gathering != null) {
      gathering.cancel();
      gathering = null;
      drops.clear();
      movedCursors.clear();
      gathered.complete(); // the channel goes, and with it its cursors
      gathered = Promise.promise();
    }
  }

  private Future<Void> proposeGathered() {
    if (gathering != null) {
      gathering.cancel();
      gathering = null;
    }
    Promise<Void> done = gathered;
    gathered = Promise.promise();
    List<Change> changes = new ArrayList<>();
    if (!drops.isEmpty()) {
      addCursorsBehindDrops();
    }
    if (!movedCursors.isEmpty()) {
      changes.add(new Change.MoveCursors(Map.copyOf(movedCursors)));
      movedCursors.clear();
    }
    changes.addAll(drops.values());
    drops.clear();
    if (changes.isEmpty()) {
      done.complete(); // what was gathered belonged to a listener that is removed
    } else {
      propose(changes).onComplete(done);
    }
    return done.future();
  }

  /** Adds the cursors that have moved on since they were committed. */
  private void addCursorsBehindDrops() {
    log.committed()
        .forEach(
            (listener, committed) -> {
              long cursor = log.cursorOf(listener);
              if (cursor > committed) {
                movedCursors.merge(listener, cursor, Math::max);
              }
            });
  }

  // ---- proposals

  private Future<Void> propose(List<Change> changes) {
    if (over) {
      return Future.failedFuture(noOwner());
    }
    return proposals
        .propose(changes)
        .transform(
            answer -> {
              if (answer.succeeded() && answer.result() == Verdict.APPLIED) {
                return Future.succeededFuture();
              }
              boolean notDone = answer.cause() instanceof PayloadTooLargeException;
              if (!over && !notDone) {
                over = true;
                lost.run();
              }
              return Future.failedFuture(answer.failed() ? answer.cause() : noOwner());
            });
  }

  private static UnavailableException noOwner() {
    return new UnavailableException("the channel has another owner");
  }
}
