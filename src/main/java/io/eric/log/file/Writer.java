package io.eric.log.file;

import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.internal.IoReason;
import io.eric.log.ChannelDefinition;
import io.eric.log.Entry;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.indexed.LogRestoration;
import io.eric.options.FileStoreOptions;
import io.eric.options.FileStoreOptions.Fsync;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of the one thread that writes. It takes what has come from all channels, puts it into
 * one write and, under {@link Fsync#ALWAYS}, one fsync, and then answers. The thread owns the
 * store's state; others can only ask it.
 *
 * <p>What a failed write has left is cut off the file before anything else is written, so a message
 * whose publisher was refused is never in the log. After a failed fsync it is not known what the
 * disk has, so the store then refuses everything until it is opened again.
 */
final class Writer {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** How many bytes one write has at most, unless a single batch is larger. */
  private static final int MAX_TURN = 4 << 20;

  private static final int MAX_SEGMENT_LENGTH = Integer.MAX_VALUE - (1 << 20);
  private static final long MAINTENANCE_MS = 1_000;
  private static final long IDLE_MS = 3_600_000;

  /**
   * By how many segments the store may exceed its limit: the newest one, its successor, and one
   * whose entries are being dropped.
   */
  private static final int SEGMENTS_BEYOND_LIMIT = 3;

  private final FileStoreOptions options;
  private final StoreDirectory directory;
  private final CheckpointFile checkpoint;
  private final String boot;
  private final SegmentLoader loader;
  private final StoreSegments segments;
  private final StoreState state;
  private final WriteQueue queue;
  private final EntryCache cache;
  private final Reserve reserve;
  private final FileFormat format = new FileFormat();
  private final RecordOutput bytes = new RecordOutput(1 << 16);

  // Other threads may read these.
  private volatile @Nullable String problem;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private final AtomicLong forced = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  private @Nullable RepositoryException broken;
  private boolean needsCut;
  private boolean dirty;
  private long dirtySince;
  private long synced;
  private long announcedSync;
  private long lastCheckpoint = now();
  private long retryAt = lastCheckpoint;
  private boolean ended;

  Writer(
      FileStoreOptions options,
      StoreDirectory directory,
      CheckpointFile checkpoint,
      String boot,
      Recovery.Found found,
      SegmentLoader loader) {
    this.options = options;
    this.directory = directory;
    this.checkpoint = checkpoint;
    this.boot = boot;
    this.loader = loader;
    this.state = found.state();
    this.segments = new StoreSegments(directory, found.segments());
    this.queue = new WriteQueue(options.getQueueBytes());
    this.cache = new EntryCache(options.getCacheBytes());
    this.reserve = new Reserve(directory);
  }

  // ---- asked by others

  /** Appends a batch to the log; fails at once if too much waits already. */
  Future<List<EntryLocation>> append(ChannelState channel, List<Entry> batch) {
    long cost = 0;
    for (Entry entry : batch) {
      cost += entry.size();
    }
    ContextReply<List<EntryLocation>> reply = ContextReply.toCaller();
    return switch (queue.offer(new Write.Append(channel, batch, cost, reply), true)) {
      case TAKEN -> reply.future();
      case CLOSED -> isClosed();
      case FULL -> {
        refused.incrementAndGet();
        yield Future.failedFuture(
            new UnavailableException("too many messages wait for the disk, try again"));
      }
    };
  }

  /**
   * Appends a record other than a message to the log.
   *
   * @param isPromise whether the answer waits for the disk when the answer for a message would
   */
  Future<Void> write(LogRecord record, boolean isPromise) {
    ContextReply<Void> reply = ContextReply.toCaller();
    return queue.offer(new Write.Change(record, isPromise, reply), false) == WriteQueue.Answer.TAKEN
        ? reply.future()
        : isClosed();
  }

  /** Opens a channel's log, and creates it if there is none. */
  Future<MessageLog> open(String channelId, RetentionOptions retention) {
    ContextReply<MessageLog> reply = ContextReply.toCaller();
    return ask(() -> openLog(channelId, retention, reply), reply);
  }

  /** Takes the entries of a log that is closed back. */
  Future<Void> releaseLog(ChannelState channel, List<Retained> retained) {
    ContextReply<Void> reply = ContextReply.toCaller();
    return ask(
        () -> {
          channel.open = null;
          channel.retained = retained;
          reply.complete();
        },
        reply);
  }

  Future<List<ChannelDefinition>> definitions() {
    ContextReply<List<ChannelDefinition>> reply = ContextReply.toCaller();
    return ask(() -> reply.complete(state.definitions()), reply);
  }

  Future<Void> define(ChannelDefinition definition) {
    ContextReply<Void> reply = ContextReply.toCaller();
    return ask(() -> define(definition.id(), definition.options(), reply), reply);
  }

  /** Writes what waits, ends the thread, and releases the directory. */
  Future<Void> close() {
    ContextReply<Void> reply = ContextReply.toCaller();
    Future<Void> closed = ask(() -> end(reply), reply);
    queue.close();
    return closed;
  }

  FileStoreStatus status() {
    return new FileStoreStatus(
        problem,
        queue.bytes(),
        segments.bytes(),
        segments.count(),
        writes.get(),
        writtenBytes.get(),
        forced.get(),
        refused.get(),
        failed.get(),
        segments.condemned());
  }

  private <T> Future<T> ask(Runnable task, ContextReply<T> reply) {
    return queue.offer(task) == WriteQueue.Answer.TAKEN ? reply.future() : isClosed();
  }

  private static <T> Future<T> isClosed() {
    return Future.failedFuture(new RepositoryException("the store is closed", null));
  }

  // ---- the thread

  /**
   * Prepares the files for writing, and forces them to the disk.
   *
   * @param first records that must be in the log before any others
   */
  void begin(List<LogRecord> first) throws IOException {
    List<Write> epochs = new ArrayList<>();
    for (LogRecord record : first) {
      if (record instanceof LogRecord.Append append) {
        ChannelState channel = state.channel(append.channel());
        if (channel != null) {
          epochs.add(new Write.Restored(channel, append.entry()));
        }
      } else {
        epochs.add(new Write.Change(record, true, ContextReply.toWriter()));
      }
    }
    if (!epochs.isEmpty()) {
      tryPut(epochs);
    }
    segments.newest().channel.force(true);
    directory.force();
    synced = segments.newest().length;
    announcedSync = synced;
    checkpoint(false);
    directory.forgetFailedToForce();
  }

  void run() {
    while (!ended) {
      try {
        WriteQueue.Turn turn = queue.take(MAX_TURN, waitMs());
        Runnable task = turn.task();
        if (!turn.writes().isEmpty()) {
          write(turn.writes());
        } else if (task != null) {
          task.run();
        }
        maintain();
      } catch (InterruptedException e) {
        LOG.debug("nobody ends the writer by interrupting it", e);
      } catch (RuntimeException | Error e) {
        fail(new RepositoryException("the store has failed", e), e);
      }
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Returns how many milliseconds the writer may sleep if nothing comes. */
  private long waitMs() {
    if (broken != null) {
      return IDLE_MS;
    }
    long wait = segments.count() > 1 ? MAINTENANCE_MS : IDLE_MS;
    if (dirty && options.getFsync() != Fsync.NEVER) {
      wait = Math.min(wait, dirtySince + options.getFsyncInterval() - now());
    }
    return Math.max(0, wait);
  }

  private void maintain() {
    if (ended || broken != null) {
      return;
    }
    long now = now();
    if (dirty
        && options.getFsync() != Fsync.NEVER
        && now - dirtySince >= options.getFsyncInterval()) {
      try {
        force();
      } catch (IOException e) {
        LOG.debug("told of already", e);
        dirtySince = now; // so that it is not tried again at once
        return;
      }
    }
    if (now < retryAt) {
      return;
    }
    if (segments.newest().length >= options.getSegmentBytes()) {
      roll();
    } else if (segments.hasDead() && now - lastCheckpoint >= MAINTENANCE_MS) {
      tryCheckpoint();
    }
  }

  // ---- writing

  private void write(List<Write> group) {
    RepositoryException refusal = broken;
    if (refusal == null) {
      try {
        put(group);
        if (options.getFsync() == Fsync.ALWAYS && group.stream().anyMatch(each -> each.isPromise)) {
          force();
        }
        group.forEach(Write::succeed);
        recovered();
        return;
      } catch (RuntimeException | Error e) { // every caller that waits must get an answer
        refusal = new RepositoryException("the store has failed", e);
        fail(refusal, e);
      } catch (IOException e) {
        refusal =
            broken == null
                ? new RepositoryException("the store cannot write: " + IoReason.withoutPath(e), e)
                : broken;
      }
    }
    failed.incrementAndGet();
    boolean isMixed = group.stream().anyMatch(each -> !(each instanceof Write.Change));
    List<Write> changes = new ArrayList<>();
    for (Write each : group) {
      if (broken == null && isMixed && each instanceof Write.Change) {
        changes.add(each);
      } else {
        each.fail(refusal);
      }
    }
    if (!changes.isEmpty()) {
      write(changes); // they are small, and they may be what frees room
    }
  }

  /** Appends writes to the log. If that fails, nothing of them stays there. */
  private void put(List<Write> group) throws IOException {
    try {
      tryPut(group);
    } catch (IOException e) {
      boolean hasRoom =
          segments.hasDead() && tryCheckpoint()
              || group.stream().allMatch(each -> each instanceof Write.Change) && reserve.giveUp();
      if (!hasRoom || broken != null) {
        failing(e);
        throw e;
      }
      tryAgain(group);
    }
  }

  private void tryAgain(List<Write> group) throws IOException {
    try {
      tryPut(group);
    } catch (IOException e) {
      failing(e);
      throw e;
    }
  }

  private void tryPut(List<Write> group) throws IOException {
    Segment segment = segments.newest();
    cutOffFailed();
    refuseBeyondLimits(segment, group);
    bytes.truncate(0, 2 * MAX_TURN);
    if (synced > announcedSync) {
      int start = bytes.length();
      bytes.skip(FileFormat.FRAME);
      RecordCodec.write(new LogRecord.Synced(synced), bytes);
      format.seal(bytes, start, segment.number, segment.length + start);
    }
    for (Write each : group) {
      each.encode(bytes, format, segment);
    }
    try {
      segment.write(bytes.array(), bytes.length());
    } catch (IOException e) {
      needsCut = true;
      cut(segment);
      throw e;
    }
    for (Write each : group) {
      each.apply(state, segment, cache);
    }
    segment.length += bytes.length();
    segments.grown(bytes.length());
    announcedSync = synced;
    writes.incrementAndGet();
    writtenBytes.addAndGet(bytes.length());
    if (!dirty) {
      dirty = true;
      dirtySince = now();
    }
  }

  private void cut(Segment segment) {
    try {
      cutOffFailed();
    } catch (IOException e) {
      LOG.warn("{} could not be cut back yet", segment.file, e);
    }
  }

  /** Removes what a failed write has left, before anything else is done with the file. */
  private void cutOffFailed() throws IOException {
    if (needsCut) {
      Segment segment = segments.newest();
      segment.channel.truncate(segment.length);
      needsCut = false;
    }
  }

  private void refuseBeyondLimits(Segment segment, List<Write> group) throws IOException {
    if (segment.length > MAX_SEGMENT_LENGTH - 2L * MAX_TURN) {
      throw new IOException(segment.file + " is full, and no other file could be begun");
    }
    long limit =
        options.getDiskLimit()
            + (long) SEGMENTS_BEYOND_LIMIT * options.getSegmentBytes()
            + MAX_TURN;
    if (segments.bytes() > limit && group.stream().anyMatch(each -> each instanceof Write.Append)) {
      throw new IOException("the limit of the disk is reached");
    }
  }

  private void force() throws IOException {
    cutOffFailed();
    Segment segment = segments.newest();
    try {
      segment.channel.force(false);
    } catch (IOException e) {
      directory.noteFailedToForce();
      fail(
          new RepositoryException(
              "the disk has failed, the store refuses everything until it is opened again", e),
          e);
      throw e;
    }
    synced = segment.length;
    dirty = false;
    forced.incrementAndGet();
  }

  private void failing(IOException e) {
    if (problem == null) {
      LOG.error("the store in {} cannot write, publishers are refused", directory.path, e);
    }
    problem = "the store cannot write: " + IoReason.of(e);
  }

  private void recovered() {
    if (problem != null) {
      LOG.info("the store in {} can write again", directory.path);
      problem = null;
    }
  }

  private void fail(RepositoryException failure, Throwable why) {
    if (broken == null) {
      LOG.error("{} in {}", failure.getMessage(), directory.path, why);
      broken = failure;
      problem = failure.getMessage();
    }
  }

  // ---- segments

  private void roll() {
    try {
      force();
      Segment before = segments.newest();
      segments.begin();
      if (!tryCheckpoint()) {
        segments.undoBegin(before);
        return;
      }
      synced = 0;
      announcedSync = 0;
      segments.condemnBeyond(options.getDiskLimit(), state);
    } catch (IOException e) {
      retryLater(e);
    }
  }

  /**
   * Writes a checkpoint, if necessary in the room of the reserve, and deletes the segments that are
   * not needed any more.
   */
  private boolean tryCheckpoint() {
    lastCheckpoint = now();
    try {
      cutOffFailed();
      if (dirty) {
        force();
      }
      checkpoint(false);
      return true;
    } catch (IOException e) {
      if (broken != null || !reserve.giveUp()) {
        retryLater(e);
        return false;
      }
    }
    try {
      checkpoint(false);
      return true;
    } catch (IOException e) {
      retryLater(e);
      return false;
    }
  }

  private void retryLater(IOException e) {
    retryAt = now() + MAINTENANCE_MS;
    LOG.warn("the store in {} could not write a checkpoint", directory.path, e);
  }

  private void checkpoint(boolean closed) throws IOException {
    List<Segment> dead = segments.dead();
    Segment newest = segments.newest();
    List<LogRecord> records = new ArrayList<>();
    records.add(
        new LogRecord.Checkpoint(
            FileFormat.VERSION,
            boot,
            options.getFsync() == Fsync.ALWAYS,
            closed,
            newest.number,
            newest.length,
            state.nextChannel()));
    records.addAll(segments.lengthsWithout(dead));
    records.addAll(state.records(segments.oldestWithout(dead)));
    records.add(new LogRecord.End());
    int length = checkpoint.write(records);
    segments.delete(dead);
    reserve.take(length);
  }

  // ---- tasks

  private void openLog(
      String channelId, RetentionOptions retention, ContextReply<MessageLog> reply) {
    ChannelState channel = state.channel(channelId);
    if (channel == null) {
      LogRecord created = new LogRecord.Channel(state.nextChannel(), channelId, Epoch.random());
      ContextReply<Void> written = ContextReply.toWriter();
      write(List.of(new Write.Change(created, false, written)));
      channel = state.channel(channelId);
      if (channel == null) {
        reply.fail(written.future().cause());
        return;
      }
    }
    if (channel.open != null) {
      reply.fail(
          new RepositoryException("the log of channel " + channelId + " is open already", null));
      return;
    }
    LogRestoration<EntryLocation> log = channel.restoration(retention);
    FileLogStorage storage =
        new FileLogStorage(channel, log.state(), this, loader, reply.context());
    channel.open = storage;
    channel.retained = List.of();
    reply.complete(log.open(storage));
  }

  private void define(String channelId, JsonObject channelOptions, ContextReply<Void> reply) {
    ChannelState channel = state.channel(channelId);
    if (channel == null) {
      reply.fail(new RepositoryException("there is no log of channel " + channelId, null));
      return;
    }
    LogRecord.Definition definition =
        new LogRecord.Definition(channel.number, channelOptions.encode());
    write(List.of(new Write.Change(definition, true, reply)));
  }

  private void end(ContextReply<Void> reply) {
    ended = true;
    try (directory) {
      if (broken == null) {
        cutOffFailed();
        segments.newest().channel.force(true);
        checkpoint(true);
      }
    } catch (IOException e) {
      LOG.error("the store in {} was not closed in order", directory.path, e);
    } finally {
      segments.close();
    }
    reply.complete();
  }
}
