package io.eric.log.file;

import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.List;

/** Something that goes into the log. Everything that waits goes together, in one write. */
abstract class Write {

  /** About how many bytes the records take. */
  final long cost;

  /**
   * Whether the answer must wait until the records are on the disk, in a store that promises that.
   */
  final boolean isPromise;

  private Write(long cost, boolean isPromise) {
    this.cost = cost;
    this.isPromise = isPromise;
  }

  /** Encodes the records, each in its frame. They will be at the end of this segment. */
  abstract void encode(RecordOutput bytes, FileFormat format, Segment segment);

  /** Updates the state, after the records have been written. */
  abstract void apply(StoreState state, Segment segment, EntryCache cache);

  /** Answers that the records are in the log. */
  abstract void succeed();

  /** Answers that the records are not in the log. */
  abstract void fail(Throwable failure);

  /** A record other than a message. */
  static final class Change extends Write {

    private static final long COST = 64;

    private final LogRecord record;
    private final ContextReply<Void> reply;

    Change(LogRecord record, boolean isPromise, ContextReply<Void> reply) {
      super(COST, isPromise);
      this.record = record;
      this.reply = reply;
    }

    @Override
    void encode(RecordOutput bytes, FileFormat format, Segment segment) {
      int start = bytes.length();
      bytes.skip(FileFormat.FRAME);
      RecordCodec.write(record, bytes);
      format.seal(bytes, start, segment.number, segment.length + start);
    }

    @Override
    void apply(StoreState state, Segment segment, EntryCache cache) {
      state.apply(record, segment.number);
    }

    @Override
    void succeed() {
      reply.complete();
    }

    @Override
    void fail(Throwable failure) {
      reply.fail(failure);
    }
  }

  /** A message that the store itself writes while the log is not open: a gap. */
  static final class Restored extends Write {

    private final ChannelState channel;
    private final Entry entry;
    private int start;
    private int end;

    Restored(ChannelState channel, Entry entry) {
      super(entry.size(), true);
      this.channel = channel;
      this.entry = entry;
    }

    @Override
    void encode(RecordOutput bytes, FileFormat format, Segment segment) {
      start = bytes.length();
      bytes.skip(FileFormat.FRAME);
      RecordCodec.writeAppend(channel.number, entry, bytes);
      format.seal(bytes, start, segment.number, segment.length + start);
      end = bytes.length();
    }

    @Override
    void apply(StoreState state, Segment segment, EntryCache cache) {
      channel.restore(
          entry.sequence(),
          entry.timestamp(),
          entry.receiver(),
          entry.size(),
          segment,
          (int) segment.length + start,
          end - start);
      segment.live.incrementAndGet();
    }

    @Override
    void succeed() {}

    @Override
    void fail(Throwable failure) {}
  }

  /** A channel's batch of messages. */
  static final class Append extends Write {

    private final ChannelState channel;
    private final List<Entry> batch;
    private final ContextReply<List<EntryLocation>> reply;
    private final int[] ends;
    private final List<EntryLocation> places;

    Append(
        ChannelState channel,
        List<Entry> batch,
        long cost,
        ContextReply<List<EntryLocation>> reply) {
      super(cost, true);
      this.channel = channel;
      this.batch = batch;
      this.reply = reply;
      this.ends = new int[batch.size() + 1];
      this.places = new ArrayList<>(batch.size());
    }

    @Override
    void encode(RecordOutput bytes, FileFormat format, Segment segment) {
      for (int i = 0; i < batch.size(); i++) {
        int start = bytes.length();
        ends[i] = start;
        bytes.skip(FileFormat.FRAME);
        RecordCodec.writeAppend(channel.number, batch.get(i), bytes);
        format.seal(bytes, start, segment.number, segment.length + start);
      }
      ends[batch.size()] = bytes.length();
    }

    @Override
    void apply(StoreState state, Segment segment, EntryCache cache) {
      for (int i = 0; i < batch.size(); i++) {
        Entry entry = batch.get(i);
        EntryLocation place =
            new EntryLocation(
                segment,
                (int) segment.length + ends[i],
                ends[i + 1] - ends[i],
                channel.lane(entry.receiver()));
        places.add(place);
        cache.add(place, entry);
        String key = entry.key();
        if (key != null) {
          channel.addKey(key, entry.sequence(), entry.timestamp());
        }
      }
      channel.lastSequence = batch.get(batch.size() - 1).sequence();
      segment.live.addAndGet(batch.size());
    }

    @Override
    void succeed() {
      reply.complete(places);
    }

    @Override
    void fail(Throwable failure) {
      reply.fail(failure);
    }
  }
}
