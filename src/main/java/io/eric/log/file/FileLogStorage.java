package io.eric.log.file;

import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.indexed.LogState;
import io.eric.log.indexed.LogStorage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the contents of one channel's log in the store's segments, so that the heap has only their
 * locations. Confined to the channel's context.
 */
final class FileLogStorage implements LogStorage<EntryLocation> {

  /** The heap that the index and a location take per message, in bytes (a round estimate). */
  private static final int HEAP_PER_MESSAGE = 128;

  private final ChannelState channel;
  private final int number;
  private final LogState<EntryLocation> log;
  private final Writer writer;
  private final SegmentLoader loader;
  private final @Nullable Context context;

  /** The last sequence of this log in each segment, as long as the log has entries there. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /** Cursors that wait until earlier ones are written. */
  private Map<String, Long> waitingCursors = new HashMap<>();

  private Promise<Void> waitingCommit = Promise.promise();
  private boolean committing;
  private boolean detached;

  /**
   * Creates the storage of a log that is about to be opened. Called on the writer's thread.
   *
   * @param channel what the writer knows of the channel
   * @param log the state of the log, with all that the channel has retained
   * @param context the context on which the log will be used; null in a test without one
   */
  FileLogStorage(
      ChannelState channel,
      LogState<EntryLocation> log,
      Writer writer,
      SegmentLoader loader,
      @Nullable Context context) {
    this.channel = channel;
    this.number = channel.number;
    this.log = log;
    this.writer = writer;
    this.loader = loader;
    this.context = context;
    for (Retained each : channel.retained) {
      ends.put(each.place().segment.number, each.sequence());
    }
  }

  @Override
  public Future<List<EntryLocation>> append(List<Entry> batch) {
    return writer.append(channel, batch).onSuccess(places -> noteEnds(batch, places));
  }

  private void noteEnds(List<Entry> batch, List<EntryLocation> places) {
    long segment = places.get(0).segment.number;
    if (ends.put(segment, batch.get(batch.size() - 1).sequence()) == null) {
      ends.headMap(segment).values().removeIf(end -> end < log.firstSequence());
    }
  }

  /** Counts what the index holds of the messages, because their contents are on the disk. */
  @Override
  public long heapBytes(MessageLog.Usage usage) {
    return (long) usage.messages() * HEAP_PER_MESSAGE;
  }

  @Override
  public Future<List<Entry>> load(List<EntryLocation> contents) {
    return loader.load(contents);
  }

  @Override
  public void dropped(long sequence, EntryLocation place, boolean overflow) {
    if (!detached) {
      place.lane.dropped(sequence, overflow);
      place.segment.live.decrementAndGet();
    }
  }

  /**
   * Drops, as overflow, the entries in the segments up to this one, because the disk is at its
   * limit. Called on the writer's thread, takes effect on the channel's context.
   */
  void dropThrough(long segment) {
    Runnable drop =
        () -> {
          Map.Entry<Long, Long> end = ends.floorEntry(segment);
          while (end != null
              && !detached
              && log.usage().messages() > 0
              && log.firstSequence() <= end.getValue()) {
            log.dropOldest();
          }
        };
    Context owner = context;
    if (owner == null) {
      drop.run();
    } else {
      owner.runOnContext(ignored -> drop.run());
    }
  }

  /**
   * Writes one record of cursors at a time. What is committed while one is under way goes into the
   * next.
   */
  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    waitingCursors.putAll(cursors);
    Future<Void> written = waitingCommit.future();
    if (!committing) {
      commitWaiting();
    }
    return written;
  }

  private void commitWaiting() {
    Promise<Void> commit = waitingCommit;
    Map<String, Long> cursors = waitingCursors;
    waitingCommit = Promise.promise();
    waitingCursors = new HashMap<>();
    committing = true;
    writer
        .write(new LogRecord.Cursors(number, cursors), false)
        .onComplete(
            done -> {
              committing = false;
              if (!waitingCursors.isEmpty()) {
                commitWaiting();
              }
              commit.handle(done);
            });
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    return writer.write(new LogRecord.Listener(number, listener, registration), true);
  }

  @Override
  public Future<Void> forget(String listener) {
    waitingCursors.remove(listener);
    return writer.write(new LogRecord.Forget(number, listener), true);
  }

  @Override
  public Future<Void> delete() {
    waitingCursors.clear();
    return writer
        .write(new LogRecord.Deleted(number), true)
        .onSuccess(
            deleted -> {
              while (log.usage().messages() > 0) {
                log.dropOldest();
              }
              detached = true;
            });
  }

  @Override
  public Future<Void> close() {
    if (!waitingCursors.isEmpty()) {
      commitWaiting();
    }
    detached = true;
    List<Retained> retained = new ArrayList<>();
    log.forEachRetained(
        (sequence, timestamp, receiver, size, place) ->
            retained.add(new Retained(sequence, timestamp, receiver, size, place)));
    return writer.releaseLog(channel, retained);
  }
}
