package io.eric.log.file;

import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.log.Entry;
import io.eric.log.Epoch;
import io.eric.log.Gap;
import io.eric.log.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a store's state from its files: from the checkpoint, and then from every record of every
 * segment, each verified by its checksum.
 *
 * <p>A record that was not written to its end is cut off the last segment. Anything else that is
 * not as it was written makes recovery fail, with file and offset, so that nothing wrong is served
 * and nothing is left out in silence. Where a loss of acknowledged messages cannot be excluded,
 * every channel goes on under a new epoch, after an explicit gap.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final StoreDirectory directory;
  private final CheckpointFile checkpointFile;
  private final SortedMap<Long, Segment> segments = new TreeMap<>();
  private final StoreState state = new StoreState();
  private final String boot;
  private boolean mayHaveLost;

  Recovery(StoreDirectory directory, CheckpointFile checkpointFile, String boot) {
    this.directory = directory;
    this.checkpointFile = checkpointFile;
    this.boot = boot;
  }

  /** Returns the failure that says that the store is damaged, and where. */
  static RepositoryException corrupt(Path file, long offset, String what) {
    return new RepositoryException(
        "the store is damaged: "
            + file
            + " at offset "
            + offset
            + ": "
            + what
            + ". Nothing was changed. Put the directory back from a copy, or move it away to start"
            + " without what it holds",
        null);
  }

  /**
   * The result of a recovery.
   *
   * @param state what the files say
   * @param segments the segments by number; the last one is to be appended to
   * @param toWrite the records that have to be written before any others, because the channels have
   *     new epochs; empty if they have not
   */
  record Found(StoreState state, SortedMap<Long, Segment> segments, List<LogRecord> toWrite) {}

  /**
   * Reads everything.
   *
   * @throws RepositoryException naming file and offset if something is not as it was written
   */
  Found run() throws IOException {
    try {
      SortedMap<Long, Path> files = directory.segments();
      if (checkpointFile.exists()) {
        restore(checkpointFile.read(), files);
      } else if (files.isEmpty()) {
        Segment first = Segment.create(directory.path, 1);
        segments.put(first.number, first);
      } else if (files.size() == 1 && Files.size(files.get(files.firstKey())) == 0) {
        open(
            Objects.requireNonNull(files.get(files.firstKey())),
            files.firstKey()); // the process ended while it created the store
      } else {
        throw corrupt(directory.path.resolve("checkpoint"), 0, "the file is missing");
      }
      return new Found(state, segments, mayHaveLost ? newEpochs() : List.of());
    } catch (IOException | RuntimeException e) {
      closeAll(e);
      throw e;
    }
  }

  private void closeAll(Exception why) {
    for (Segment segment : segments.values()) {
      try {
        segment.close();
      } catch (IOException e) {
        why.addSuppressed(e);
      }
    }
  }

  private void restore(List<LogRecord> records, SortedMap<Long, Path> files) throws IOException {
    LogRecord.Checkpoint checkpoint = (LogRecord.Checkpoint) records.get(0);
    Map<Long, Long> lengths = new TreeMap<>();
    state.setNextChannel(checkpoint.nextChannel());
    for (LogRecord record : records) {
      if (record instanceof LogRecord.SegmentLength segment) {
        lengths.put(segment.segment(), segment.length());
      } else {
        state.apply(record, checkpoint.segment());
      }
    }
    deleteLeftOvers(files, lengths, checkpoint.segment());
    for (Map.Entry<Long, Long> expected : lengths.entrySet()) {
      long number = expected.getKey();
      Path file = files.get(number);
      if (file == null) {
        throw corrupt(Segment.file(directory.path, number), 0, "the file is missing");
      }
      Segment segment = open(file, number);
      boolean isLast = number == checkpoint.segment();
      if (isLast ? segment.length < expected.getValue() : segment.length != expected.getValue()) {
        throw corrupt(
            file,
            Math.min(segment.length, expected.getValue()),
            "the file has " + segment.length + " bytes, not " + expected.getValue());
      }
      if (isLast) {
        readLast(segment, checkpoint);
      } else {
        readFull(segment);
      }
    }
    for (ChannelState channel : state.channels()) {
      channel.dropRetainedUnlessKept();
      for (Retained each : channel.retained) {
        each.place().segment.live.incrementAndGet();
      }
    }
    if (directory.hasFailedToForce()) {
      mayHaveLost = true;
      LOG.warn(
          "{} could not be forced to the disk: channels go on with a new epoch", directory.path);
    }
    boolean sameBoot = !boot.isEmpty() && boot.equals(checkpoint.boot());
    if (!checkpoint.closed() && !checkpoint.always() && !sameBoot) {
      mayHaveLost = true;
      LOG.warn(
          "{} was not closed in order before the machine was started anew, and not everything was"
              + " forced to the disk: channels go on with a new epoch",
          directory.path);
    }
  }

  private Segment open(Path file, long number) throws IOException {
    Segment segment = Segment.open(file, number);
    segments.put(number, segment);
    return segment;
  }

  /** Deletes segments that a crash has left, which are not needed any more or not in use yet. */
  private void deleteLeftOvers(
      SortedMap<Long, Path> files, Map<Long, Long> wanted, long lastSegment) throws IOException {
    for (Map.Entry<Long, Path> each : files.entrySet()) {
      Path file = each.getValue();
      if (wanted.containsKey(each.getKey())) {
        continue;
      }
      if (each.getKey() > lastSegment && Files.size(file) > 0) {
        throw corrupt(file, 0, "the checkpoint does not know this file");
      }
      LOG.debug("{} is no longer wanted", file);
      Files.delete(file);
    }
  }

  /** Reads a segment that was forced to the disk as a whole. */
  private void readFull(Segment segment) throws IOException {
    SegmentReader reader = new SegmentReader(segment);
    while (reader.next()) {
      take(reader, segment, Long.MAX_VALUE);
    }
    if (!reader.isAtEnd()) {
      throw corrupt(segment.file, reader.offset(), "the record is not as it was written");
    }
  }

  /** Reads the segment that was being written when the process ended. */
  private void readLast(Segment segment, LogRecord.Checkpoint checkpoint) throws IOException {
    SegmentReader reader = new SegmentReader(segment);
    while (reader.next()) {
      take(reader, segment, checkpoint.offset());
    }
    if (checkpoint.closed() && (!reader.isAtEnd() || reader.offset() != checkpoint.offset())) {
      throw corrupt(
          segment.file,
          Math.min(reader.offset(), checkpoint.offset()),
          "the file was changed after it was closed");
    }
    if (!reader.isAtEnd()) {
      cutOff(reader, segment, checkpoint);
    }
  }

  private void cutOff(SegmentReader reader, Segment segment, LogRecord.Checkpoint checkpoint)
      throws IOException {
    long at = reader.offset();
    boolean unfinished = reader.isUnfinished();
    boolean rebooted = boot.isEmpty() || !boot.equals(checkpoint.boot());
    if (at < checkpoint.offset() || validFollow(reader, at, rebooted)) {
      throw corrupt(segment.file, at, "the record is not as it was written, and others follow");
    }
    LOG.warn(
        "{} ends with an unfinished write: cut off at offset {}, {} bytes",
        segment.file,
        at,
        segment.length - at);
    if (!unfinished) {
      mayHaveLost = true; // it may have been complete once, and acknowledged
      LOG.warn("what was cut off may have been acknowledged: channels go on with a new epoch");
    }
    segment.channel.truncate(at);
    segment.channel.force(true);
    segment.length = at;
  }

  /**
   * Returns whether valid records after an invalid one prove that the file was damaged. A process
   * that is killed leaves a beginning of its last write, so after a mere restart any valid record
   * is such a proof. A loss of power can leave holes in the last write: then only a record that
   * says that the invalid one had been forced to the disk is a proof.
   */
  private static boolean validFollow(SegmentReader reader, long at, boolean rebooted)
      throws IOException {
    boolean found = reader.findNext();
    if (!rebooted) {
      return found;
    }
    while (found) {
      if (RecordCodec.read(reader.content()) instanceof LogRecord.Synced synced
          && synced.offset() > at) {
        return true;
      }
      found = reader.next() || reader.findNext();
    }
    return false;
  }

  /**
   * Takes a record.
   *
   * @param known the offset up to which the checkpoint has the effect of every record, except where
   *     messages are
   */
  private void take(SegmentReader reader, Segment segment, long known) {
    long offset = reader.offset();
    try {
      LogRecord record =
          RecordCodec.read(
              reader.content(),
              (channel, sequence, timestamp, receiver, size, key) -> {
                ChannelState owner = state.channel(channel);
                if (owner != null) {
                  if (key != null) {
                    owner.addKey(key, sequence, timestamp);
                  }
                  owner.restore(
                      sequence, timestamp, receiver, size, segment, (int) offset, reader.length());
                }
              });
      if (record != null && offset >= known) {
        state.apply(record, segment.number);
      }
    } catch (IllegalStateException e) {
      throw corrupt(segment.file, offset, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Gives all channels new epochs. Each channel gets a gap for all its readers, in place of the
   * messages that may be lost.
   */
  private List<LogRecord> newEpochs() {
    List<LogRecord> records = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (ChannelState channel : state.channels()) {
      String epoch = Epoch.random();
      records.add(new LogRecord.Channel(channel.number, channel.id, epoch));
      long last = channel.lastSequence;
      channel.cursors.replaceAll((listener, cursor) -> Math.min(cursor, last));
      channel.listeners.replaceAll(
          (listener, kept) -> new Registration(Math.min(kept.created(), last), kept.state()));
      records.add(new LogRecord.Append(channel.number, gap(epoch, last + 1, now)));
    }
    return records;
  }

  private static Entry gap(String epoch, long sequence, long now) {
    Position position = new Position(epoch, sequence);
    return new Gap(position, position, null, Gap.Reason.EPOCH).toEntry(now, null);
  }
}
