package io.eric.cluster;

import com.hazelcast.map.IMap;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.internal.protocol.WireInput;
import io.eric.log.Entry;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens logs that are kept in the cluster, for one ownership. A log is a head and write-once
 * batches; the owner holds a copy of what is retained, so that reading costs no network.
 *
 * <p>An append is two steps: the batch is stored, then the head counts it if the term is still
 * ours. Whoever opens the log for a later term raises the head's first, and finds every batch that
 * counts.
 */
final class HazelcastStore implements MessageStore {

  private static final int KEYS_AT_A_TIME = 512;

  private final Vertx vertx;
  private final IMap<LogKey, byte[]> map;
  private final long term;
  private final BooleanSupplier quorum;
  private final Runnable lost;

  /**
   * A store for one term.
   *
   * @param quorum whether enough nodes are seen to write anything
   * @param lost to be called, on any thread, when the ownership has proved to be over
   */
  HazelcastStore(
      Vertx vertx, IMap<LogKey, byte[]> map, long term, BooleanSupplier quorum, Runnable lost) {
    this.vertx = vertx;
    this.map = map;
    this.term = term;
    this.quorum = quorum;
    this.lost = lost;
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    Context context = vertx.getOrCreateContext();
    LogKey headKey = new LogKey(channelId, LogKey.HEAD);
    // Once and no more: a second attempt that comes late would bring back a log that was erased.
    return Future.fromCompletionStage(
            map.submitToKey(headKey, HeadUpdate.open(term, Epoch.random())), context)
        .compose(
            bytes -> {
              if (bytes == null) {
                lost.run();
                return Future.failedFuture(
                    new UnavailableException("the channel has another owner"));
              }
              LogHead head = LogHead.of(bytes);
              return vertx
                  .executeBlocking(() -> load(channelId, head), false)
                  .compose(
                      past ->
                          HazelcastLogStorage.open(
                              context, map, channelId, past, retention, quorum, lost));
            })
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof UnavailableException
                        ? e
                        : new RepositoryException("the cluster cannot open the log", e)));
  }

  /** Reads all that counts. A batch that is not there was lost with too many nodes at once. */
  private Past load(String channelId, LogHead head) {
    int count = Math.toIntExact(head.next() - head.first());
    byte[][] batches = new byte[count][];
    for (int from = 0; from < count; from += KEYS_AT_A_TIME) {
      Set<LogKey> keys = new HashSet<>();
      for (int i = from; i < Math.min(count, from + KEYS_AT_A_TIME); i++) {
        keys.add(new LogKey(channelId, head.first() + i));
      }
      map.getAll(keys)
          .forEach((key, value) -> batches[(int) (key.number() - head.first())] = value);
    }
    int intact = count;
    while (intact > 0 && batches[intact - 1] != null) {
      intact--;
    }
    boolean complete = intact == 0;
    return new Past(
        head,
        complete ? batches : Arrays.copyOfRange(batches, intact, count),
        complete,
        map.get(new LogKey(channelId, LogKey.LISTENERS)));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /**
   * What is there when a log is opened.
   *
   * @param batches from the first that is kept, or from the first after the last one lost
   * @param isComplete whether none was lost
   * @param listeners the record of listeners, null if there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // large, read once, compared with nothing
  record Past(LogHead head, byte[][] batches, boolean isComplete, byte @Nullable [] listeners) {

    /** Entries of a batch, whose first eight bytes are its term. */
    static List<Entry> entries(byte[] batch) {
      return new WireInput(Arrays.copyOfRange(batch, Long.BYTES, batch.length)).getEntries();
    }

    /** The number of the first of the batches. */
    long firstNumber() {
      return head.next() - batches.length;
    }
  }
}
