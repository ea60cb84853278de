package io.eric.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes the head of a log, if its term allows: the fence. Runs where the head is kept, one at a
 * time. Gives the head that is there afterwards if the change is in effect, else null.
 *
 * <p>Every change may be repeated: what is in effect already is no failure.
 */
final class HeadUpdate implements EntryProcessor<LogKey, byte[], byte[]>, DataSerializable {

  private static final long serialVersionUID = 1L;

  private static final int OPEN = 0;
  private static final int ADVANCE = 1;
  private static final int TRIM = 2;
  private static final int ERASE = 3;

  private int kind;
  private long term;
  private String epoch = "";
  private long first;
  private long number;
  private long last;

  /** For the deserialization only. */
  HeadUpdate() {}

  private HeadUpdate(int kind, long term) {
    this.kind = kind;
    this.term = term;
  }

  /** From now on owners of older terms write nothing. */
  static HeadUpdate open(long term, String epochOfNewLog) {
    HeadUpdate update = new HeadUpdate(OPEN, term);
    update.epoch = epochOfNewLog;
    return update;
  }

  /** A batch is stored, and counts from now on. */
  static HeadUpdate advance(long term, long first, long number, long last) {
    HeadUpdate update = new HeadUpdate(ADVANCE, term);
    update.first = first;
    update.number = number;
    update.last = last;
    return update;
  }

  /** Batches below {@code first} are not needed any more. */
  static HeadUpdate trim(long term, long first) {
    HeadUpdate update = new HeadUpdate(TRIM, term);
    update.first = first;
    return update;
  }

  /** A log's content was lost: it goes on under another epoch. */
  static HeadUpdate renew(long term, String epoch, long first) {
    HeadUpdate update = trim(term, first);
    update.epoch = epoch;
    return update;
  }

  /** There is no such log any more. */
  static HeadUpdate erase(long term) {
    return new HeadUpdate(ERASE, term);
  }

  @Override
  @SuppressWarnings("NullAway") // a null value removes the entry, a null result is a refusal
  public byte[] process(Map.Entry<LogKey, byte[]> entry) {
    byte @Nullable [] bytes = entry.getValue();
    LogHead head = bytes == null ? null : LogHead.of(bytes);
    if (head == null) {
      if (kind != OPEN) {
        return null;
      }
      head = new LogHead(term, epoch, 0, 0, 0);
    } else if (head.term() > term || (kind != OPEN && head.term() != term)) {
      return null;
    } else if (kind == OPEN) {
      head = new LogHead(term, head.epoch(), head.first(), head.next(), head.last());
    } else if (kind == ADVANCE) {
      if (head.next() == number + 1) {
        entry.setValue(bytes); // done before, but who knows whether a backup has it
        return bytes;
      }
      if (head.next() != number) {
        return null;
      }
      long oldest = Math.max(head.first(), first);
      head = new LogHead(term, head.epoch(), oldest, number + 1, last);
    } else if (kind == TRIM) {
      String name = epoch.isEmpty() ? head.epoch() : epoch;
      head = new LogHead(term, name, Math.max(head.first(), first), head.next(), head.last());
    } else {
      entry.setValue(null);
      return bytes;
    }
    byte[] updated = head.toBytes();
    entry.setValue(updated);
    return updated;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(kind);
    out.writeLong(term);
    out.writeString(epoch);
    out.writeLong(first);
    out.writeLong(number);
    out.writeLong(last);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    kind = in.readInt();
    term = in.readLong();
    epoch = String.valueOf(in.readString());
    first = in.readLong();
    number = in.readLong();
    last = in.readLong();
  }
}
