package io.eric.log.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a store, oldest to newest. Confined to the writer's thread, except for the
 * counts, which any thread may read.
 */
final class StoreSegments {

  private static final Logger LOG = LoggerFactory.getLogger(StoreSegments.class);

  private final StoreDirectory directory;
  private final SortedMap<Long, Segment> byNumber;
  private Segment newest;
  private final AtomicLong bytes;
  private volatile int count;
  private final AtomicLong condemned = new AtomicLong();

  StoreSegments(StoreDirectory directory, SortedMap<Long, Segment> byNumber) {
    this.directory = directory;
    this.byNumber = byNumber;
    this.newest = Objects.requireNonNull(byNumber.get(byNumber.lastKey()));
    this.count = byNumber.size();
    this.bytes =
        new AtomicLong(byNumber.values().stream().mapToLong(segment -> segment.length).sum());
  }

  /** Returns the segment that is appended to. */
  Segment newest() {
    return newest;
  }

  long bytes() {
    return bytes.get();
  }

  int count() {
    return count;
  }

  /** Returns how many segments were given up because the disk was at its limit. */
  long condemned() {
    return condemned.get();
  }

  /** Notes that the newest segment has grown. */
  void grown(long by) {
    bytes.addAndGet(by);
  }

  /** Creates a segment, which is the newest from then on. */
  void begin() throws IOException {
    Segment next = Segment.create(directory.path, newest.number + 1);
    byNumber.put(next.number, next);
    newest = next;
    count = byNumber.size();
  }

  /** Deletes the new segment again, because no checkpoint says that it belongs to the log. */
  void undoBegin(Segment before) throws IOException {
    Segment unwanted = newest;
    byNumber.remove(unwanted.number);
    newest = before;
    count = byNumber.size();
    unwanted.delete();
  }

  boolean hasDead() {
    for (Segment segment : byNumber.values()) {
      if (isDead(segment)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the segments of which no entry is kept any more. */
  List<Segment> dead() {
    return byNumber.values().stream().filter(this::isDead).toList();
  }

  private boolean isDead(Segment segment) {
    return segment != newest && segment.live.get() == 0;
  }

  List<LogRecord> lengthsWithout(List<Segment> dead) {
    List<LogRecord> lengths = new ArrayList<>();
    for (Segment segment : byNumber.values()) {
      if (!dead.contains(segment)) {
        lengths.add(new LogRecord.SegmentLength(segment.number, segment.length));
      }
    }
    return lengths;
  }

  long oldestWithout(List<Segment> dead) {
    return byNumber.values().stream()
        .filter(segment -> !dead.contains(segment))
        .mapToLong(segment -> segment.number)
        .min()
        .orElse(newest.number);
  }

  void delete(List<Segment> dead) throws IOException {
    for (Segment segment : dead) {
      byNumber.remove(segment.number);
      count = byNumber.size();
      bytes.addAndGet(-segment.length);
      segment.delete();
      LOG.debug("{} is deleted, nothing in it is wanted any more", segment.file);
    }
  }

  /** Makes channels drop the entries of the oldest segments, until the others fit the limit. */
  void condemnBeyond(long limit, StoreState state) {
    long wanted =
        byNumber.values().stream()
            .filter(segment -> !segment.condemned)
            .mapToLong(segment -> segment.length)
            .sum();
    for (Segment segment : byNumber.values()) {
      if (wanted <= limit || segment == newest) {
        return;
      }
      if (segment.condemned) {
        continue;
      }
      segment.condemned = true;
      condemned.incrementAndGet();
      wanted -= segment.length;
      if (segment.live.get() > 0) {
        LOG.warn(
            "{} bytes of disk are the limit: {} messages in {} are given up, whoever has not read"
                + " them gets a gap",
            limit,
            segment.live.get(),
            segment.file);
      }
      for (ChannelState channel : state.channels()) {
        channel.dropThrough(segment.number);
      }
    }
  }

  void close() {
    for (Segment segment : byNumber.values()) {
      try {
        segment.close();
      } catch (IOException e) {
        LOG.warn("{} could not be closed", segment.file, e);
      }
    }
  }
}
