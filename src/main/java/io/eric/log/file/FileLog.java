package io.eric.log.file;

import io.eric.log.Entry;
import io.eric.log.Registration;
import io.eric.log.indexed.IndexedLog;
import io.eric.options.RetentionOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The log of one channel: an index of places. Confined to the channel's context. */
final class FileLog extends IndexedLog<EntryLocation> {

  /** A slot, a place and their places in the lane, in bytes (a round estimate). */
  private static final int HEAP_PER_MESSAGE = 128;

  private final ChannelState channel;
  private final int number;
  private final Writer writer;
  private final SegmentLoader loader;
  private final @Nullable Context context;

  /** The last sequence in each segment, for as long as the log has entries there. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /** Cursors that wait for those before them to be written. */
  private Map<String, Long> waitingCursors = new HashMap<>();

  private Promise<Void> waitingCommit = Promise.promise();
  private boolean committing;
  private boolean detached;

  /**
   * The log as the writer knows it.
   *
   * @param context where it will be used; null in a test without one
   */
  FileLog(
      ChannelState channel,
      RetentionOptions retention,
      Writer writer,
      SegmentLoader loader,
      @Nullable Context context) {
    super(channel.epoch, 0, retention);
    this.channel = channel;
    this.number = channel.number;
    this.writer = writer;
    this.loader = loader;
    this.context = context;
    for (LogRecord.Lost lost : channel.lost()) {
      restoreLost(lost.receiver(), lost.through(), lost.throughOverflow());
    }
    for (Retained each : channel.retained) {
      restore(each.sequence(), each.timestamp(), each.receiver(), each.size(), each.place());
      ends.put(each.place().segment.number, each.sequence());
    }
    for (LogRecord.Key key : channel.keys.values()) {
      restoreKey(key.key(), key.sequence(), key.timestamp());
    }
    restoreLast(channel.lastSequence);
    restoreCommitted(channel.cursors);
    restoreRegistered(channel.listeners);
  }

  @Override
  protected Future<List<EntryLocation>> persist(List<Entry> batch) {
    return writer.append(channel, batch).onSuccess(places -> noteEnds(batch, places));
  }

  private void noteEnds(List<Entry> batch, List<EntryLocation> places) {
    long segment = places.get(0).segment.number;
    if (ends.put(segment, batch.get(batch.size() - 1).sequence()) == null) {
      ends.headMap(segment).values().removeIf(end -> end < firstSequence());
    }
  }

  /** What the index holds of them; contents are on the disk. */
  @Override
  public long heapBytes() {
    return (long) usage().messages() * HEAP_PER_MESSAGE;
  }

  @Override
  protected Future<List<Entry>> load(List<EntryLocation> contents) {
    return loader.load(contents);
  }

  @Override
  protected void dropped(long sequence, EntryLocation place, boolean overflow) {
    if (!detached) {
      place.lane.dropped(sequence, overflow);
      place.segment.live.decrementAndGet();
    }
  }

  /** Drops, as overflow, what is in the segments up to this one, because the disk is wanted. */
  void dropThrough(long segment) {
    Runnable drop =
        () -> {
          Map.Entry<Long, Long> end = ends.floorEntry(segment);
          while (end != null
              && !detached
              && usage().messages() > 0
              && firstSequence() <= end.getValue()) {
            dropOldest();
          }
        };
    Context owner = context;
    if (owner == null) {
      drop.run();
    } else {
      owner.runOnContext(ignored -> drop.run());
    }
  }

  /** One record of cursors is under way; what is committed meanwhile is the next. */
  @Override
  protected Future<Void> persistCursors(Map<String, Long> cursors) {
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
  protected Future<Void> persistRegistration(String listener, Registration registration) {
    return writer.write(new LogRecord.Listener(number, listener, registration), true);
  }

  @Override
  protected Future<Void> persistForget(String listener) {
    waitingCursors.remove(listener);
    return writer.write(new LogRecord.Forget(number, listener), true);
  }

  @Override
  protected Future<Void> erase() {
    waitingCursors.clear();
    return writer
        .write(new LogRecord.Deleted(number), true)
        .onSuccess(
            deleted -> {
              while (usage().messages() > 0) {
                dropOldest();
              }
              detached = true;
            });
  }

  @Override
  protected Future<Void> release() {
    if (!waitingCursors.isEmpty()) {
      commitWaiting();
    }
    detached = true;
    List<Retained> retained = new ArrayList<>();
    forEachRetained(
        (sequence, timestamp, receiver, size, place) ->
            retained.add(new Retained(sequence, timestamp, receiver, size, place)));
    return writer.releaseLog(channel, retained);
  }
}
